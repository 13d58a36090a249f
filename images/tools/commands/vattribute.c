// SPDX-License-Identifier: GPL-2.0-only
/* vattribute and nattribute: the capabilities and flags of a context, of a network context. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "../libvserver/vserver.h"
#include "commands.h"
#include "tool.h"

const char vattribute_usage[] =
	"usage: vattribute [--set] [--xid ID] ATTRIBUTE... [--] [PROGRAM [ARGUMENT...]]\n"
	"       vattribute --get [--xid ID]\n"
	"\n"
	"Changes or prints the attributes of a context, its own if none is named; then runs the program, if one is.\n"
	"\n"
	"  --xid ID       a number, 'self', or the name of a guest\n"
	"  --bcap LIST    capabilities that count in the context\n"
	"  --ccap LIST    capabilities of the context itself\n"
	"  --flag LIST    its flags\n"
	"  --umask LIST   namespaces that its members may make\n"
	"  --secure       what is for a guest that nobody trusts; replaces what was said before it of all but --umask\n"
	"\n"
	"A LIST is names with commas between them; ~NAME takes away, ^N is bit N: vserver-lists(7).\n"
	"Exits as the program does; 1 on failure, 2 on wrong usage.\n";

const char nattribute_usage[] =
	"usage: nattribute [--set] [--nid ID] ATTRIBUTE... [--] [PROGRAM [ARGUMENT...]]\n"
	"       nattribute --get [--nid ID]\n"
	"\n"
	"Changes or prints the attributes of a network context, its own if none is named; then runs the program, if one is.\n"
	"\n"
	"  --nid ID       a number, 'self', or the name of a guest (its file ncontext, if it has one)\n"
	"  --ncap LIST    capabilities of the network context\n"
	"  --flag LIST    its flags\n"
	"  --secure       what is for a guest that nobody trusts; replaces what was said before it\n"
	"\n"
	"A LIST is names with commas between them; ~NAME takes away, ^N is bit N: vserver-lists(7).\n"
	"Exits as the program does; 1 on failure, 2 on wrong usage.\n";

/* A word of bits of either kind of context, as all of them are laid out. */
struct bits {
	uint64_t value, mask;
};

/* One of them: its option, how --get heads it, the words for it, and whether its names are printed in capitals. */
struct attribute {
	const char *option, *title;
	const struct vc_names *names;
	const char *get_word, *set_word;
	int (*get)(uint32_t id, struct bits *bits);
	int (*set)(uint32_t id, const struct bits *bits);
	const uint64_t *secure;
	bool capitals, adds;
};

#define WORDS(name, type) \
	static int get_##name(uint32_t id, struct bits *bits) { return vc_get_##name(id, (struct type *)bits); } \
	static int set_##name(uint32_t id, const struct bits *bits) { return vc_set_##name(id, (const struct type *)bits); } \
	_Static_assert(sizeof(struct type) == sizeof(struct bits), #type)

WORDS(bcaps, vc_bcaps);
WORDS(ccaps, vc_ctx_caps);
WORDS(cflags, vc_ctx_flags);
WORDS(umask, vc_umask);
WORDS(ncaps, vc_net_caps);
WORDS(nflags, vc_net_flags);

#define ATTRIBUTE(option, title, names, name, ...) \
	{ option, title, &names, "get_" #name, "set_" #name, get_##name, set_##name, __VA_ARGS__ }

/* In the order in which they are changed and printed. `adds`: --secure takes no flag away. */
static const struct attribute of_context[] = {
	ATTRIBUTE("bcap", "bcapabilities", vc_bcaps, bcaps, &vc_secure_bcaps, true, false),
	ATTRIBUTE("ccap", "ccapabilities", vc_ccaps, ccaps, &vc_secure_ccaps, false, false),
	ATTRIBUTE("flag", "flags", vc_cflags, cflags, &vc_secure_cflags, false, true),
	ATTRIBUTE("umask", "umask", vc_spaces, umask, NULL, false, false),
	{ 0 }
};

static const struct attribute of_network[] = {
	ATTRIBUTE("ncap", "ncapabilities", vc_ncaps, ncaps, &vc_secure_ncaps, false, false),
	ATTRIBUTE("flag", "flags", vc_nflags, nflags, &vc_secure_nflags, false, true),
	{ 0 }
};

enum { MOST = 4 };

static void print_names(const struct attribute *attribute, uint64_t bits)
{
	char text[1024];

	vc_list_print(attribute->names, bits, text, sizeof(text));
	for (char *c = text; attribute->capitals && *c; c++)
		*c = toupper((unsigned char)*c);
	printf("%s:\n%s\n", attribute->title, text);
}

/* An id of -1 is one's own; nobody at home has one. */
static int refused(const struct attribute *attribute, const char *word, uint32_t id)
{
	if (id == VC_OWN)
		return tool_refused(word, "the %s of one's own context", attribute->title);
	return tool_refused(word, "the %s of %u", attribute->title, id);
}

static int get(const struct attribute *attributes, uint32_t id)
{
	struct bits bits[MOST];

	/* All of them, or nothing is printed. */
	for (int i = 0; attributes[i].option; i++)
		if (attributes[i].get(id, bits + i) < 0)
			return refused(attributes + i, attributes[i].get_word, id);
	for (int i = 0; attributes[i].option; i++)
		print_names(attributes + i, bits[i].value);
	return tool_flush();
}

static int set(const struct attribute *attributes, const struct vc_list *said, uint32_t id)
{
	for (int i = 0; attributes[i].option; i++) {
		struct bits bits = { said[i].value, said[i].mask };

		if (bits.mask && attributes[i].set(id, &bits) < 0)
			return refused(attributes + i, attributes[i].set_word, id);
	}
	return 0;
}

static void make_secure(const struct attribute *attributes, struct vc_list *said)
{
	for (int i = 0; attributes[i].option; i++) {
		if (!attributes[i].secure)
			continue;
		said[i].value = *attributes[i].secure;
		said[i].mask = attributes[i].adds ? *attributes[i].secure : ~0ull;
	}
}

static int run(int argc, char **argv, const struct attribute *attributes, const char *id_option,
	       int (*read_id)(const char *text, uint32_t *id))
{
	enum { SET = 256, GET, ID, SECURE, HELP, FIRST };
	struct option options[MOST + 6] = {
		{ "set", 0, NULL, SET }, { "get", 0, NULL, GET }, { id_option, 1, NULL, ID }, { "secure", 0, NULL, SECURE },
		{ "help", 0, NULL, HELP },
	};
	struct vc_list said[MOST] = { { 0 } };
	bool getting = false, setting = false;
	uint32_t id = VC_OWN;
	int option;

	for (int i = 0; attributes[i].option; i++)
		options[5 + i] = (struct option){ attributes[i].option, 1, NULL, FIRST + i };
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == SET) {
			;	/* which is what it does anyhow */
		} else if (option == GET) {
			getting = true;
		} else if (option == ID) {
			if (read_id(optarg, &id))
				return tool->failure;
		} else if (option == SECURE) {
			make_secure(attributes, said);
			setting = true;
		} else if (option == HELP) {
			return tool_help();
		} else if (option >= FIRST) {
			if (tool_read_list(attributes[option - FIRST].names, optarg, said + option - FIRST))
				return tool->failure;
			setting = true;
		} else {
			return tool_usage(NULL);
		}
	}
	if (getting && (setting || optind < argc))
		return tool_usage("--get prints, and does nothing else");
	if (getting)
		return get(attributes, id);
	if (!setting && optind == argc)
		return tool_usage("nothing to do");
	if ((option = set(attributes, said, id)))
		return option;
	return optind < argc ? tool_exec(argv + optind) : 0;
}

int vattribute_main(int argc, char **argv)
{
	return run(argc, argv, of_context, "xid", tool_read_xid);
}

int nattribute_main(int argc, char **argv)
{
	return run(argc, argv, of_network, "nid", tool_read_nid);
}
