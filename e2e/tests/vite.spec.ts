// SPDX-License-Identifier: MIT
/** The policy is on where the page is made, too: what it forbids is noticed on the first day. static-server.test.ts has the built site's. */
import { SECURITY_HEADERS } from '../../scripts/lib/security-headers.js';
import { expect, test } from '../fixtures.js';

for (const servedBy of ['dev', 'preview'] as const) {
  test.describe(servedBy, () => {
    test.use({ servedBy });

    test('the page and its Worker come with the policy, and the guest answers', async ({
      playground,
      page,
    }) => {
      const policies = new Map<string, string | undefined>();
      page.on('response', (response) => {
        const kind = /v86-worker[^/]*$/.test(new URL(response.url()).pathname)
          ? 'worker'
          : response.request().resourceType();
        policies.set(kind, response.headers()['content-security-policy']);
      });
      await playground.open();
      const wanted = SECURITY_HEADERS['Content-Security-Policy'];
      expect(policies.get('document')).toBe(wanted);
      expect(policies.get('worker')).toBe(wanted);
      expect((await playground.exec('echo on')).stdout).toBe('on\n');
    });
  });
}
