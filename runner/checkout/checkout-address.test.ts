import { describe, expect, test } from 'vitest';
import { checkoutRules, checkoutTarget, readRepo } from './checkout-address.ts';

describe('an address of a repository', () => {
  test.each([
    'ext::sh -c "touch /tmp/owned"',
    'ext::https://git.example/x',
    'file:///etc',
    '/etc/passwd',
    'ssh://git@git.example/x',
    'git@git.example:x.git',
    'git://git.example/x',
    'http://git.example/x',
    'ftp://git.example/x',
    'https:///x',
    'https://-u/x',
    'https://user:word@git.example/x',
    'https://user@git.example/x',
    'https://git.example/x?a=b',
    'https://git.example/x#a',
    'https://git.example/x y',
    'https://git.example/x\n--upload-pack=touch',
    '--upload-pack=touch https://git.example/x',
    'HTTPS://git.example/x',
  ])('is refused: %j', (repo) => expect(() => readRepo(repo)).toThrow('refused'));

  test('is plain https', () => {
    expect(readRepo('https://Git.Example/a/b.git')).toEqual({
      host: 'git.example',
      port: 443,
      url: 'https://git.example/a/b.git',
    });
    expect(readRepo('https://[2001:4860::1]:8443/a')).toMatchObject({ host: '2001:4860::1', port: 8443 });
  });
});

describe('where a repository may lie', () => {
  const asked = (network: string, grants: { host: string; port: number }[] = []) =>
    ({ grants, job: { network } }) as unknown as Parameters<typeof checkoutRules>[1];
  const target = (repo: string, hosts: string[], over = asked('none'), addresses = ['93.184.216.34']) =>
    checkoutTarget(repo, checkoutRules(hosts, over), async () => addresses, ['93.184.216.35']);

  test('is a host that the owner of the source named', async () => {
    await expect(target('https://git.example/x', ['git.example'])).resolves.toMatchObject({ address: '93.184.216.34' });
    await expect(target('https://git.example/x', [])).rejects.toThrow('--checkout-host git.example');
    await expect(target('https://git.example:8443/x', ['git.example'])).rejects.toThrow('No repository is fetched');
    await expect(target('https://git.example:8443/x', ['git.example:8443'])).resolves.toBeDefined();
    await expect(target('https://sub.git.example/x', ['git.example'])).rejects.toThrow('No repository is fetched');
  });

  test.each([
    ['10.0.0.1'],
    ['127.0.0.1'],
    ['169.254.169.254'],
    ['::1'],
    ['93.184.216.35'],
    ['192.168.1.1', '93.184.216.34'],
  ])('is never %s for a name on the list, whatever the name says', async (...addresses) => {
    const found = target('https://git.example/x', ['git.example'], asked('none'), addresses);
    await expect(found).rejects.toThrow('needs an admission');
  });

  test('is a private network only by an admission of that network, and never this machine', async () => {
    const grants = [{ host: 'git.lan', port: 443 }];
    const repo = 'https://git.lan/x';
    await expect(target(repo, [], asked('private:lab', grants), ['10.0.0.1'])).resolves.toBeDefined();
    await expect(target(repo, [], asked('private:lab', grants), ['127.0.0.1'])).rejects.toThrow('admission');
    await expect(target(repo, [], asked('egress', grants), ['10.0.0.1'])).rejects.toThrow('No repository');
  });
});
