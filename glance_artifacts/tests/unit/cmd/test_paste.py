# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

import os
import pathlib
import shutil
import stat
import subprocess
import sys

import fixtures
from oslotest import base as test_base

from glance_artifacts.cmd import paste_file
from glance_artifacts.dev import config
from glance_artifacts.tests.unit.cmd import base

ROOT = b'# f\xc3\xbcr alle\r\n[composite:rootapp]\r\n/v2 = apiv2app'


class PasteTest(test_base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.directory = pathlib.Path(
            self.useFixture(fixtures.TempDir()).path)
        self.file = self.directory / 'glance-api-paste.ini'
        self.file.write_bytes(ROOT)
        self.enabled = paste_file.enable(ROOT.decode()).encode()

    def run_paste(self, *args):
        code, self.out, err = base.run('paste', *args)
        self.assertEqual((0, ''), (code, err))
        self.assertNoLeftovers()
        return self.out

    def assertRefused(self, *words, args=()):
        before = self.file.read_bytes() if self.file.is_file() else None
        code, out, err = base.run('paste', 'enable', self.file, *args)
        self.assertEqual((1, 1), (code, len(err.splitlines())))
        self.assertIn(str(self.file), err)
        for word in words:
            self.assertIn(word, err)
        if before is not None:
            self.assertEqual(before, self.file.read_bytes())
        self.assertNoLeftovers()
        return err

    def assertNoLeftovers(self):
        self.assertEqual([], list(self.directory.glob('.*')))


class EditTest(PasteTest):

    def test_there_and_back(self):
        out = self.run_paste('enable', self.file)
        self.assertEqual(self.enabled, self.file.read_bytes())
        self.assertIn('\n+/v2/artifacts = artifactsapp\r\n', out)
        self.assertIn('Restart glance-api', out)
        self.run_paste('disable', self.file)
        self.assertEqual(ROOT, self.file.read_bytes())

    def test_nothing_to_do(self):
        self.assertIn('not enabled', self.run_paste('disable', self.file))
        self.run_paste('enable', self.file)
        before = self.file.stat()
        self.assertIn('already', self.run_paste('enable', self.file))
        self.assertEqual(before, self.file.stat())
        self.assertNotIn('@@', self.out)

    def test_dry_run(self):
        before = self.file.stat()
        self.assertIn('+[app:artifactsapp]',
                      self.run_paste('enable', self.file, '--dry-run'))
        self.assertEqual(before, self.file.stat())
        self.assertNotIn('Restart', self.out)

    def test_the_diff_is_a_patch(self):
        if not shutil.which('git'):
            self.skipTest('needs git')
        self.file.write_bytes(config.shipped_paste().read_bytes())
        self.run_paste('enable', self.file, '--dry-run')
        subprocess.run(['git', 'apply', '-p0', '--unsafe-paths', '-'],
                       input=self.out.encode(), check=True, cwd='/')
        self.assertEqual(
            paste_file.enable(config.shipped_paste().read_text()),
            self.file.read_text())

    def test_output(self):
        new = self.directory / 'new.ini'
        self.file.chmod(0o640)
        for _ in range(2):
            self.assertIn('Enabled in %s' % new, self.run_paste(
                'enable', self.file, '--output', new))
            self.assertEqual(ROOT, self.file.read_bytes())
            self.assertEqual(self.enabled, new.read_bytes())
            self.assertEqual(0o640, stat.S_IMODE(new.stat().st_mode))

    def test_output_of_what_is_enabled_already(self):
        new = self.directory / 'new.ini'
        self.run_paste('enable', self.file)
        self.assertIn('already', self.run_paste(
            'enable', self.file, '--output', new))
        self.assertEqual(self.enabled, new.read_bytes())

    def test_mode_owner_and_attributes_are_kept(self):
        self.file.chmod(0o640)
        if os.geteuid() == 0:
            os.chown(self.file, 1234, 4321)
        try:
            os.setxattr(self.file, 'user.mine', b'yes')
        except OSError:
            pass  # not on this file system
        before, names = self.file.stat(), os.listxattr(self.file)
        self.run_paste('enable', self.file)
        after = self.file.stat()
        self.assertEqual(
            (before.st_mode, before.st_uid, before.st_gid),
            (after.st_mode, after.st_uid, after.st_gid))
        self.assertEqual(names, os.listxattr(self.file))

    def test_replaced_not_rewritten(self):
        other = self.directory / 'other-name'
        other.hardlink_to(self.file)
        self.run_paste('enable', self.file)
        self.assertEqual(ROOT, other.read_bytes())

    def test_a_link_stays_a_link(self):
        link = self.directory / 'link.ini'
        link.symlink_to(self.file.name)
        self.run_paste('enable', link)
        self.assertTrue(link.is_symlink())
        self.assertEqual(self.enabled, self.file.read_bytes())

    def test_a_terminal_that_lacks_a_character(self):
        # für is in the context of the diff
        done = subprocess.run(
            [os.path.join(os.path.dirname(sys.executable),
                          'glance-artifacts-manage'),
             'paste', 'enable', str(self.file)], check=True,
            stdout=subprocess.PIPE,
            env={**os.environ, 'PYTHONIOENCODING': 'ascii'})
        self.assertIn(b'f\\xfcr', done.stdout)


class RefusedTest(PasteTest):

    def test_no_rootapp(self):
        self.file.write_text('[composite:other]\n/v2: x\n')
        self.assertRefused('[composite:rootapp]', '[composite:other]')

    def test_not_utf_8(self):
        self.file.write_bytes(ROOT + b'\n# \xff\n')
        self.assertRefused('not UTF-8')

    def test_no_file(self):
        self.file.unlink()
        self.assertRefused('No such file')
        self.file.mkdir()
        self.assertRefused('Is a directory')

    def test_nowhere_to_write(self):
        for new in ('/proc/nowhere/x.ini', '/nowhere/x.ini'):
            code, _, err = base.run('paste', 'enable', self.file, '--output',
                                    new)
            self.assertEqual((1, 1), (code, len(err.splitlines())))
            self.assertIn(new, err)

    def test_read_only(self):
        # root may write everywhere
        self.useFixture(fixtures.MockPatch('os.access', return_value=False))
        self.assertRefused('Permission denied')

    def test_the_owner_cannot_be_kept(self):
        self.useFixture(fixtures.MockPatch(
            'shutil.copystat', side_effect=PermissionError(1, 'Not you')))
        self.assertRefused('Not you')

    def test_no_room(self):
        self.useFixture(fixtures.MockPatch(
            'os.fsync', side_effect=OSError(28, 'No space left')))
        self.assertRefused('No space left')
