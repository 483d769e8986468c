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

"""A directory like /etc/glance, and the command run on it."""

from __future__ import annotations

import contextlib
import io
import os
import pathlib
import shutil
import tempfile

import fixtures
from oslotest import base

from glance_artifacts.cmd import manage
from glance_artifacts.cmd import paste_file
from glance_artifacts.dev import config


def run(*args: object) -> tuple[int, str, str]:
    """Run the command; its exit code, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = manage.main([str(arg) for arg in args])
    return code, out.getvalue(), err.getvalue()


class EtcTest(base.BaseTestCase):
    """A configuration without a fault, on a database with our tables.

    :ivar options: section to option to value; write() makes them files
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        directory = pathlib.Path(tempfile.mkdtemp(prefix='gart-'))
        cls.addClassCleanup(shutil.rmtree, directory)
        cls.migrated = directory / 'migrated.sqlite'
        (directory / 'glance-api.conf').write_text(
            '[database]\nconnection = sqlite:///%s\n' % cls.migrated)
        code, _, err = run('--config-dir', directory, 'db', 'sync')
        assert code == 0, err

    def setUp(self):
        super().setUp()
        self.etc = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.database = self.etc / 'glance.sqlite'
        shutil.copy(self.migrated, self.database)
        (self.etc / 'store').mkdir()
        self.paste = self.etc / 'glance-api-paste.ini'
        self.paste.write_text(paste_file.enable(
            config.shipped_paste().read_text()))
        self.options = {
            'DEFAULT': {'enabled_backends': 'local:file'},
            'database': {'connection': 'sqlite:///%s' % self.database},
            'glance_store': {'default_backend': 'local'},
            'local': {'filesystem_store_datadir': self.etc / 'store'},
            'paste_deploy': {'flavor': 'keystone'},
        }

    def write(self):
        """Write the options to glance-api.conf."""
        (self.etc / 'glance-api.conf').write_text('\n'.join(
            '[%s]\n%s' % (section, ''.join(
                '%s = %s\n' % item for item in values.items()))
            for section, values in self.options.items()))

    def manage(self, *args):
        """Run the command on this directory."""
        self.write()
        return run('--config-dir', self.etc, *args)

    def files(self):
        """What is in the directory, to see what a command changes."""
        return sorted(os.path.join(at, name)
                      for at, _, names in os.walk(self.etc)
                      for name in names)
