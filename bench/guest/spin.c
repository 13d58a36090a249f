// SPDX-License-Identifier: GPL-2.0-only
/*
 * spin FILE: turns for ever and keeps the number of turns in FILE, four bytes, for whoever wants to know how fast it goes.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	volatile uint32_t *turns;
	int fd;

	if (argc != 2) {
		fputs("usage: spin FILE\n", stderr);
		return 2;
	}
	fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || ftruncate(fd, sizeof(*turns))) {
		perror(argv[1]);
		return 1;
	}
	turns = mmap(NULL, sizeof(*turns), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (turns == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	for (;;) {
		/* A hundred instructions of work a turn, so that 32 bits last for an hour. */
		for (volatile int i = 0; i < 25; i++)
			;
		++*turns;
	}
}
