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

import itertools
import os
import pathlib
import sqlite3
import sys

import fixtures

from glance_artifacts.dev import config as dev_config
from glance_artifacts.tests.unit.cmd import base

_NUMBERS = itertools.count()


class ConfigCheckTest(base.EtcTest):

    def check(self):
        """The lines of the check and whether it ended with 0."""
        self.write()
        before = self.files()
        code, out, err = self.manage('config', 'check')
        self.assertEqual('', err)
        self.assertEqual(before, self.files(), 'the check wrote something')
        return code, out.splitlines()

    def assertGood(self):
        self.assertEqual((0, ['no findings']), self.check())

    def assertNote(self, *words):
        code, (note, last) = self.check()
        self.assertEqual((0, 'no findings'), (code, last))
        self.assertIn('note: ', note)
        self.assertWords(note, words)

    def assertFinding(self, *words):
        """There is this one, with all three parts, and no other."""
        code, lines = self.check()
        self.assertEqual(1, len(lines), lines)
        self.assertEqual(1, code)
        self.assertWords(lines[0], ('Remedy: ', *words))

    def assertWords(self, line, words):
        for word in words:
            self.assertIn(str(word), line)


class GoodTest(ConfigCheckTest):

    def test_no_findings(self):
        self.assertGood()

    def test_all_findings_at_once(self):
        self.options = {
            'DEFAULT': {'enabled_backends': 'local:nope'},
            'database': {'connection': 'nonsense'},
            'glance_store': {'default_backend': 'local'},
            'artifacts': {'enabled_types': 'generic, wanted, wished',
                          'enabled_tpyes': 'x'},
            'paste_deploy': {'flavor': 'keystoned'},
        }
        (self.etc / 'policy.yaml').write_text('- no\n- rules\n')
        code, lines = self.check()
        self.assertEqual(1, code)
        for line, start in itertools.zip_longest(lines, (
                '[artifacts]/enabled_tpyes',
                '[database]/connection', '[DEFAULT]/enabled_backends',
                '[artifacts]/enabled_types = wanted',
                '[artifacts]/enabled_types = wished',
                '[oslo_policy]/policy_file', '[paste_deploy]/flavor')):
            self.assertTrue(line and line.startswith(start), lines)
            self.assertIn('Remedy: ', line)

    def test_what_stops_one_check_does_not_stop_the_others(self):
        self.useFixture(fixtures.MockPatch(
            'glance_artifacts.db.startup.look',
            side_effect=RuntimeError('out of\nluck')))
        self.assertFinding('check_database', 'RuntimeError: out of luck')

    def test_no_configuration(self):
        code, out, err = base.run('--config-dir', '/nowhere', 'config',
                                  'check')
        self.assertEqual((1, ''), (code, out))
        self.assertIn('/nowhere', err)

    def test_a_file_that_does_not_parse(self):
        self.write()
        (self.etc / 'glance-api.conf').write_text('[DEFAULT]\nnonsense\n')
        code, out, err = base.run('--config-dir', self.etc, 'config',
                                  'check')
        self.assertEqual((1, '', 1), (code, out, len(err.splitlines())))
        self.assertIn('nonsense', err)


class OptionsTest(ConfigCheckTest):

    def test_values_of_another_kind(self):
        self.options['database'].update(max_pool_size='lots',
                                        max_overflow='more')
        code, lines = self.check()
        self.assertEqual(
            (1, ['[database]/max_pool_size', '[database]/max_overflow']),
            (code, [line.partition(' =')[0] for line in lines]))
        self.assertWords(lines[0], ('= lots: ', 'Integer'))

    def test_enabled_backends_is_no_dict(self):
        self.options['DEFAULT']['enabled_backends'] = 'local'
        self.assertFinding('[DEFAULT]/enabled_backends = local: ')

    def test_misspelt_options(self):
        self.options['artifacts'] = {'enabled-typs': 'generic'}
        self.assertFinding('[artifacts]/enabled-typs', 'enabled_types',
                           self.etc / 'glance-api.conf')

    def test_an_option_like_no_other(self):
        self.options['artifacts_database'] = {'zzz': 'secret'}
        self.assertFinding('[artifacts_database]/zzz', 'remove it')
        self.assertNotIn('secret', str(self.check()))

    def test_misspelt_groups(self):
        for name, meant in (('artifact', 'artifacts'),
                            ('artifacts_databse', 'artifacts_database'),
                            ('artefacts', 'artifacts'),
                            ('artifacts_x', 'artifacts')):
            self.options[name] = {'connection': 'x'}
            self.assertFinding('[%s]' % name, meant)
            del self.options[name]

    def test_a_group_in_another_case(self):
        self.options['Artifacts'] = {'enabled_types': 'generic'}
        self.assertGood()

    def test_a_store_may_have_such_a_name(self):
        self.options['DEFAULT']['enabled_backends'] = 'artifacts_store:file'
        self.options['glance_store']['default_backend'] = 'artifacts_store'
        self.options['artifacts_store'] = self.options.pop('local')
        self.assertGood()

    def test_other_files_that_glance_reads(self):
        path = self.etc / 'glance-image-import.conf'
        path.write_text('[artifacts]\nenabled_typos = x\n')
        self.assertFinding('[artifacts]/enabled_typos', path)


class DatabaseTest(ConfigCheckTest):

    def test_none(self):
        del self.options['database']
        self.assertFinding('[database]/connection', 'no database')

    def test_no_url(self):
        for url in ('nonsense', 'no+such://u:secret@h/d',
                    'mysql+pymysql://u:secret@h:port/d'):
            self.options['database']['connection'] = url
            self.assertFinding('[database]/connection', 'no database URL')
            self.assertNotIn('secret', str(self.check()))

    def test_no_answer(self):
        for url in ('mysql+pymysql://user:secret@127.0.0.1:1/glance?a=b',
                    'postgresql://user:secret@127.0.0.1:1/glance'):
            self.options['artifacts_database'] = {'connection': url}
            self.assertFinding('[artifacts_database]/connection = ',
                               '//127.0.0.1:1/glance: ', 'does not answer')
            self.assertNotIn('secret', str(self.check()))

    def test_no_driver(self):
        self.options['database']['connection'] = 'mysql+oursql://h/d'
        self.assertFinding('[database]/connection')

    def test_no_tables(self):
        self.database.unlink()
        self.assertFinding('[database]/connection', self.database,
                           'db sync')
        self.database.touch()
        self.assertFinding('[database]/connection', self.database,
                           'db sync')

    def test_no_database(self):
        self.database.write_bytes(b'no database at all' * 100)
        self.assertFinding('[database]/connection', self.database)

    def test_contract_is_pending(self):
        self.execute("DELETE FROM gart_alembic_version"
                     " WHERE version_num LIKE '%contract'")
        self.assertNote('db sync --contract')

    def test_newer_release(self):
        self.execute("UPDATE gart_alembic_version"
                     " SET version_num = '9999_expand'"
                     " WHERE version_num LIKE '%expand'")
        self.options['artifacts_database'] = self.options.pop('database')
        self.assertFinding('[artifacts_database]/connection', 'newer')

    def execute(self, statement):
        with sqlite3.connect(self.database) as conn:
            self.assertLess(0, conn.execute(statement).rowcount)
        conn.close()


class StoresTest(ConfigCheckTest):

    def test_no_stores(self):
        del self.options['DEFAULT']
        del self.options['glance_store']
        code, lines = self.check()
        self.assertEqual(
            (1, ['[DEFAULT]/enabled_backends',
                 '[glance_store]/default_backend']),
            (code, [line.partition(':')[0] for line in lines]))

    def test_no_default(self):
        self.options['glance_store']['default_backend'] = ''
        self.assertFinding('[glance_store]/default_backend')

    def test_default_is_not_enabled(self):
        self.options['glance_store']['default_backend'] = 'lcal'
        self.assertFinding('[glance_store]/default_backend = lcal', 'local')

    def test_no_such_driver(self):
        self.options['DEFAULT']['enabled_backends'] = 'local:files'
        self.assertFinding('[DEFAULT]/enabled_backends = local:files')

    def test_another_store_is_not_our_concern(self):
        self.options['DEFAULT']['enabled_backends'] += ',other:nope'
        self.assertGood()

    def test_wrong_options(self):
        self.options['local']['filesystem_store_chunk_size'] = 'much'
        self.assertFinding('[local]/filesystem_store_chunk_size', 'much')

    def test_does_not_configure(self):
        self.options['local']['filesystem_store_metadata_file'] = '/nowhere'
        self.assertFinding('[local]')

    def test_does_not_write(self):
        self.options['DEFAULT']['enabled_backends'] = 'local:http'
        self.assertFinding('[local]', '"http" does not write')

    def test_directory_is_not_there_yet(self):
        path = self.etc / 'not' / 'yet'
        self.options['local']['filesystem_store_datadir'] = path
        self.assertNote('[local]/filesystem_store_datadir', path)
        self.assertFalse(path.parent.exists())

    def test_directory_cannot_be_made(self):
        # not even root makes directories in a file
        path = self.etc / 'file'
        path.touch(0o444)
        self.options['local']['filesystem_store_datadir'] = path / 'below'
        self.assertFinding('[local]', path)


class PoolsTest(ConfigCheckTest):

    def setUp(self):
        super().setUp()
        (self.etc / 'bulk').mkdir()
        self.options.update({
            'artifacts': {'stores': 'bulk:file', 'pools': 'general, data',
                          'default_pool': 'general'},
            'artifact_pool:data': {
                'types': 'ml_models', 'allowed_types': '*',
                'stores': 'bulk, local', 'fallback': 'false'},
            'bulk': {'filesystem_store_datadir': self.etc / 'bulk'}})

    def assertWrong(self, section, option, value, *words):
        """One finding, which names this option and its value."""
        self.options[section][option] = value
        self.assertFinding('[%s]/%s = %s: ' % (
            section, option, value.split(', ')[-1]), *words)

    def test_good(self):
        self.assertGood()

    def test_values_of_another_kind(self):
        self.assertWrong('artifact_pool:data', 'fallback', 'perhaps',
                         'Boolean')

    def test_stores_without_kinds(self):
        self.assertWrong('artifacts', 'stores', 'bulk')

    def test_misspelt_options(self):
        self.options['artifact_pool:data']['store'] = 'local'
        self.assertFinding('[artifact_pool:data]/store', '"stores"')

    def test_a_group_of_no_pool(self):
        self.options['artifact_pool:dota'] = {'stores': 'local'}
        self.assertFinding('[artifact_pool:dota]', 'no such pool',
                           '[artifacts]/pools')

    def test_what_pools_name(self):
        self.assertWrong('artifacts', 'default_pool', 'dota',
                         'general, data')

    def test_what_a_pool_names(self):
        self.assertWrong('artifact_pool:data', 'stores', 'local, blk',
                         'bulk, local')

    def test_a_type_that_is_not_enabled(self):
        for option in ('types', 'allowed_types'):
            before = self.options['artifact_pool:data'][option]
            self.assertWrong('artifact_pool:data', option, 'ml_model',
                             '[artifacts]/enabled_types')
            self.options['artifact_pool:data'][option] = before

    def test_a_store_of_ours_is_looked_at(self):
        self.options['bulk']['filesystem_store_chunk_size'] = 'much'
        self.assertFinding('[bulk]/filesystem_store_chunk_size = much')
        # also one that is only read from
        self.options['artifact_pool:data']['stores'] = 'local'
        self.assertFinding('[bulk]/filesystem_store_chunk_size = much')

    def test_without_stores_of_glance(self):
        del self.options['DEFAULT'], self.options['glance_store']
        self.options['artifact_pool:data']['stores'] = 'bulk'
        self.options['artifact_pool:general'] = {'stores': 'bulk'}
        self.assertGood()

    def test_bytes_in_what_is_taken_away(self):
        with sqlite3.connect(self.database) as conn:
            conn.execute(
                "INSERT INTO gart_artifacts VALUES (x'00', 'a', '1.0', 'p',"
                " 'n', '1', 1, 'active', 'private', 'gone', 1, 0, 0, 0,"
                " '{}', '[]')")
            for number, (store, status) in enumerate((
                    ('lost', 'active'), ('dropped', 'deleted'),
                    ('local', 'saving'))):
                conn.execute(
                    "INSERT INTO gart_segments VALUES (?, x'00', 'f', '', 1,"
                    " ?, ?, NULL, 1, NULL, 0, NULL, NULL)",
                    (bytes([number]), status, store))
        conn.close()
        code, lines = self.check()
        self.assertEqual((1, 2), (code, len(lines)), lines)
        self.assertWords(lines[0], ('[artifacts]/stores', '"lost"',
                                    'Remedy: '))
        self.assertWords(lines[1], ('[artifacts]/pools', '"gone"',
                                    'Remedy: '))


class ElsewhereTest(ConfigCheckTest):

    def setUp(self):
        super().setUp()
        self.options.update({
            'artifacts': {'stores': 'bulk:file, safe:file',
                          'pools': 'general, far', 'local_pools': 'general'},
            'artifact_pool:far': {'stores': 'bulk, local',
                                  'endpoint': 'https://far.example.com/v2'},
            # where nobody can make it
            'bulk': {'filesystem_store_datadir': '/dev/null/bulk'},
            'safe': {'filesystem_store_datadir': self.etc / 'store'}})

    def test_stores_out_of_reach(self):
        self.assertNote('served elsewhere', 'bulk')

    def test_near_ones_are_tried(self):
        self.options['artifacts']['local_pools'] = 'far'
        self.options['artifact_pool:general'] = {
            'stores': 'safe', 'endpoint': 'https://here.example.com/v2'}
        code, lines = self.check()
        self.assertEqual(1, code)
        self.assertIn('/dev/null/bulk', lines[1])

    def test_their_options_have_values(self):
        self.options['bulk']['filesystem_store_chunk_size'] = 'much'
        code, lines = self.check()
        self.assertEqual(1, code)
        self.assertIn('[bulk]/filesystem_store_chunk_size = much', lines[1])

    def test_no_endpoint(self):
        del self.options['artifact_pool:far']['endpoint']
        code, lines = self.check()
        self.assertEqual(1, code)
        self.assertIn('[artifact_pool:far]/endpoint', lines[1])


class PluginsTest(ConfigCheckTest):

    def setUp(self):
        super().setUp()
        self.path = self.useFixture(fixtures.TempDir()).path
        for name, value in (
                ('sys.path', [self.path, *sys.path]),
                # stevedore remembers entry points, in memory and in files
                ('stevedore.extension.ExtensionManager.ENTRY_POINT_CACHE',
                 {}),
                ('stevedore._cache._c._disable_caching', True)):
            self.useFixture(fixtures.MonkeyPatch(name, value))

    def plugin(self, group, name, source):
        """Install a package with one entry point, THING of its module."""
        module = 'gart_checked_%d' % next(_NUMBERS)
        self.addCleanup(sys.modules.pop, module, None)
        home = pathlib.Path(self.path)
        (home / (module + '.py')).write_text(source)
        info = home / (module + '-1.0.dist-info')
        info.mkdir()
        (info / 'METADATA').write_text(
            'Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n' % module)
        (info / 'entry_points.txt').write_text(
            '[%s]\n%s = %s:THING\n' % (group, name, module))
        return module

    TYPE = ('from glance_artifacts import types\n'
            'class THING(types.ArtifactType):\n'
            '    """A thing."""\n'
            '    type_name = "things"\n')

    def enable(self, name):
        self.options['artifacts'] = {'enabled_types': 'generic, ' + name}

    def test_a_good_type(self):
        self.plugin('glance_artifacts.types', 'things', self.TYPE)
        self.enable('things')
        self.assertGood()

    def test_nobody_provides_it(self):
        self.enable('things')
        self.assertFinding('[artifacts]/enabled_types = things',
                           'no plugin provides it')

    def test_does_not_load(self):
        module = self.plugin('glance_artifacts.types', 'things', 'import x!')
        self.enable('things')
        self.assertFinding('[artifacts]/enabled_types = things', module,
                           'SyntaxError')

    def test_claimed_twice(self):
        for _ in range(2):
            self.plugin('glance_artifacts.types', 'things', self.TYPE)
        self.enable('things')
        self.assertFinding('[artifacts]/enabled_types = things', 'both')

    def test_routes_that_do_not_load(self):
        module = self.plugin('glance_artifacts.routes', 'extra', '1 / 0')
        self.assertFinding('glance_artifacts.routes', module,
                           'ZeroDivisionError')

    def test_routes_that_clash(self):
        module = self.plugin(
            'glance_artifacts.routes', 'extra',
            'from glance_artifacts.api.routes import ROUTES as THING')
        self.assertFinding('glance_artifacts.routes', module, 'taken')


class PolicyTest(ConfigCheckTest):

    def test_does_not_parse(self):
        path = self.etc / 'policy.yaml'
        for text in ('a: [', '- a list', 'text', '"artifact:get": 3'):
            path.write_text(text)
            self.assertFinding('[oslo_policy]/policy_file', path)

    def test_a_rule_that_nobody_understands(self):
        (self.etc / 'policy.yaml').write_text('"artifact:get": "role:a or"')
        self.assertFinding('[oslo_policy]/policy_file', 'artifact:get',
                           'role:a or')

    def test_a_rule_that_nobody_asks(self):
        (self.etc / 'policy.yaml').write_text('"artifact:gte": "role:a"')
        self.assertFinding('[oslo_policy]/policy_file', 'artifact:gte')

    def test_good_rules(self):
        (self.etc / 'policy.yaml').write_text(
            '"artifact:get": "role:a"\n"get_images": "!"\n"mine": "@"\n')
        self.assertGood()


class PasteTest(ConfigCheckTest):

    def test_no_file(self):
        self.options['paste_deploy']['config_file'] = self.etc / 'no.ini'
        self.assertFinding('[paste_deploy]/config_file', 'no.ini')

    def test_no_file_where_glance_looks(self):
        os.rename(self.paste, self.etc / 'mine.ini')
        self.useFixture(fixtures.EnvironmentVariable('HOME', '/nowhere'))
        self.assertFinding('[paste_deploy]/config_file',
                           'glance-api-paste.ini')
        self.options['paste_deploy']['config_file'] = self.etc / 'mine.ini'
        self.assertGood()

    def test_not_enabled(self):
        self.paste.write_text(dev_config.shipped_paste().read_text())
        self.assertFinding('[paste_deploy]/config_file', self.paste,
                           'paste enable')

    def test_cannot_be_enabled(self):
        self.paste.write_text('[composite:glance-api-keystone]\n')
        self.assertFinding('[paste_deploy]/config_file', self.paste,
                           '[composite:rootapp]')

    def test_no_paste_file(self):
        for content in (b'nonsense', b'\xff\xfe'):
            self.paste.write_bytes(content)
            self.assertFinding('[paste_deploy]/config_file', self.paste)

    def test_development_identity(self):
        self.paste.write_text(dev_config.paste_text())
        self.assertFinding('[paste_deploy]/config_file', self.paste,
                           'filter:devidentity')

    def test_unknown_flavor(self):
        self.options['paste_deploy']['flavor'] = 'keystoned'
        self.assertFinding('[paste_deploy]/flavor = keystoned')

    def test_a_flavor_without_a_pipeline(self):
        self.paste.write_text(self.paste.read_text().replace(
            '\nkeystone = ', '\nkeystoned = '))
        self.assertFinding('[paste_deploy]/flavor = keystone')

    def test_a_flavor_without_identity(self):
        self.options['paste_deploy']['flavor'] = ''
        self.assertNote('[paste_deploy]/flavor', '403')
