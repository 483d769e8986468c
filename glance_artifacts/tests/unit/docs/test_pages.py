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

"""Pages that name things of the code name them all, and rightly."""

from __future__ import annotations

import configparser
import re

from oslo_config import cfg
from oslo_policy import policy as oslo_policy
import yaml

from glance_artifacts.api import query
from glance_artifacts import conf as artifacts_conf
from glance_artifacts import policies
from glance_artifacts.repository import paging
from glance_artifacts.repository import predicates
from glance_artifacts.tests.unit.docs import base
from glance_artifacts.types import common
from glance_artifacts.types import registry

_LISTS = 'doc/source/api/lists.rst'


class TestListsPage(base.DocsTest):

    def setUp(self):
        super().setUp()
        self.text = base.read(_LISTS)

    def test_numbers(self):
        for words in ('1 to %d; %d unless given' % (query.MAX_LIMIT,
                                                    query.DEFAULT_LIMIT),
                      'at most {:,} for one page'.format(paging.EXAMINED)):
            self.assertIn(words, ' '.join(self.text.split()))

    def test_operators(self):
        table = base.between(self.text, 'A filter is', 'Values in ``in``')
        self.assertEqual(set(predicates.OPERATORS), {
            word for row in re.findall(r'^   \* - (``.*)$', table, re.M)
            for word in base.words(row)})

    def test_sort_keys(self):
        part = base.between(self.text, 'These sort:', 'Text is ordered')
        self.assertEqual({name for name, field in common.COMMON.items()
                          if field.sortable}, base.words(part))

    def test_filters(self):
        part = base.between(self.text, 'The common fields ``id``',
                            'declares as filterable')
        self.assertEqual({name for name, field in common.COMMON.items()
                          if field.filterable} - {'tags', 'metadata'},
                         base.words(part))


class TestArtifactsPage(base.DocsTest):

    def test_common_fields(self):
        text = base.read('doc/source/api/artifacts.rst')
        table = base.between(text, '* - Field\n     - Who sets it',
                             'A blob is')
        self.assertEqual(set(common.COMMON), {
            word for row in re.findall(r'^   \* - (``.*)$', table, re.M)
            for word in base.words(row)})

    def test_visibilities_and_statuses(self):
        words = base.words(base.read('doc/source/api/artifacts.rst'))
        self.assertLessEqual(
            {*common.VISIBILITIES, *common.STATUSES} - {'deleted'}, words)


class TestBuiltInTypesPage(base.DocsTest):
    """Each type has its section, with a row for each of its fields."""

    def test_types_and_fields(self):
        text = base.read('doc/source/user/types.rst')
        (enabled,) = [option.default for _, options
                      in artifacts_conf.list_opts() for option in options
                      if option.name == 'enabled_types']
        titles = re.findall(r'^(\w+)\n=+$', text, re.M)
        self.assertEqual(sorted(enabled), sorted(titles))
        found = registry.Registry.load(titles)
        for title, end in zip(titles, [*titles[1:], None]):
            part = text[text.index('\n%s\n=' % title):]
            part = part[:part.index('\n%s\n=' % end)] if end else part
            for name, field in found.get(title).fields.items():
                if not field.internal:
                    self._check_row(part, name, field)

    def _check_row(self, text: str, name: str, field) -> None:
        row = re.search(r'^   \* - ``%s``\n     - (.*)\n     - '
                        r'((?:.+\n(?!   \* ))*.+)' % name, text, re.M)
        self.assertIsNotNone(row, name)
        self.assertEqual(field.computed, 'computed' in row[1], name)
        self.assertEqual(field.required, 'required' in row[1], name)
        self.assertEqual(field.filterable, 'Filters' in row[2], name)


class TestConfigurationPages(base.DocsTest):

    def test_options_and_rules_are_generated(self):
        self.assertIn('.. show-options:: glance_artifacts',
                      base.read('doc/source/configuration/options.rst'))
        text = base.read('doc/source/configuration/policies.rst')
        self.assertIn(':config-file: configuration/policy-generator.conf',
                      text)
        self.assertIn('namespace = glance_artifacts', base.read(
            'doc/source/configuration/policy-generator.conf'))

    def test_rules_that_are_named_exist(self):
        known = {rule.name for rule in policies.list_rules()}
        for path in sorted((base.ROOT / 'doc/source').rglob('*.rst')):
            if path.name == 'index.rst':
                continue  # the page on types has a rule of its own
            text = path.read_text(encoding='utf-8')
            self.assertLessEqual(set(re.findall(r'artifact:[a-z_]+', text)),
                                 known, path)

    def test_options_that_are_named_exist(self):
        known = {(group.name, option.name)
                 for group, options in artifacts_conf.list_opts()
                 for option in options}
        for path in sorted((base.ROOT / 'doc/source').rglob('*.rst')):
            found = re.findall(r'\[(artifacts\w*)\] (\w+)',
                               path.read_text(encoding='utf-8'))
            self.assertLessEqual(set(found), known, path)

    def test_example_of_a_rule(self):
        (block,) = base.blocks(
            base.read('doc/source/configuration/policies.rst'), 'yaml')
        ((name, check),) = yaml.safe_load(block).items()
        self.assertIn(name, {rule.name for rule in policies.list_rules()})
        enforcer = oslo_policy.Enforcer(cfg.ConfigOpts(), use_conf=False)
        enforcer.set_rules(oslo_policy.Rules.from_dict(
            {'context_is_admin': 'role:admin', name: check}))

        def allows(type_name, *roles, project='p'):
            return enforcer.enforce(
                name, {'type_name': type_name, 'owner': 'p'},
                {'roles': roles, 'project_id': project})

        self.assertTrue(allows('helm_charts', 'member', 'charts'))
        self.assertTrue(allows('helm_charts', 'admin', project='q'))
        self.assertTrue(allows('generic', 'member'))
        self.assertFalse(allows('helm_charts', 'member'))
        self.assertFalse(allows('helm_charts', 'charts'))
        self.assertFalse(allows('generic', 'member', project='q'))


class TestPasteSample(base.DocsTest):

    def test_sample_and_readme_agree(self):
        sample = configparser.RawConfigParser()
        sample.read_string(base.read(
            'etc/glance-artifacts/glance-api-paste-artifacts.ini'))
        readme = configparser.RawConfigParser()
        (block,) = base.blocks(base.read('README.rst'), 'ini')
        readme.read_string(block)
        self.assertEqual(_as_dict(sample), _as_dict(readme))
        module, _, function = sample[
            'app:artifactsapp']['paste.app_factory'].partition(':')
        self.assertTrue(callable(getattr(
            __import__(module, fromlist=[function]), function)))

    def test_no_development_identity(self):
        for path in (base.ROOT / 'etc').rglob('*'):
            if path.is_file():
                self.assertNotRegex(path.read_text(encoding='utf-8'),
                                    '(?i)dev[._]?identity')


def _as_dict(parser: configparser.RawConfigParser) -> dict:
    return {name: dict(parser[name]) for name in parser.sections()}
