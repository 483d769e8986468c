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

import configparser
import itertools

from oslotest import base
from paste.deploy import loadwsgi

from glance_artifacts.cmd import paste_file
from glance_artifacts.dev import config

SHIPPED = config.shipped_paste().read_text()
ROOT = """\
[composite:rootapp]
paste.composite_factory = glance.api:root_app_factory
/: apiversions
/v2: apiv2app
"""
LINE = '/v2/artifacts: artifactsapp\n'
APP = ('\n[app:artifactsapp]\n'
       'paste.app_factory = glance_artifacts.service:app_factory\n')


def crlf(text):
    return text.replace('\n', '\r\n')


class EnableTest(base.BaseTestCase):

    def assertEnabled(self, expected, text):
        """``text`` becomes ``expected``, once, and itself again."""
        self.assertEqual(expected, paste_file.enable(text))
        self.assertBackAndForth(text)

    def assertBackAndForth(self, text):
        """Enabled once; paste reads it; disabled again."""
        enabled = paste_file.enable(text)
        self.assertEqual(enabled, paste_file.enable(enabled))
        self.assertEqual(text, paste_file.disable(enabled))
        before = paste_file.sections(text)
        after = paste_file.sections(enabled)
        self.assertEqual({paste_file.FACTORY_KEY: paste_file.FACTORY},
                         after.pop('app:artifactsapp'))
        root, = (name for name in after if name.replace(' ', '') in
                 ('composite:rootapp', 'composit:rootapp'))
        self.assertEqual('artifactsapp', after[root].pop('/v2/artifacts'))
        self.assertEqual(before, after)

    def test_shipped_by_glance(self):
        self.assertEnabled(
            SHIPPED.replace('/v2: apiv2app\n', '/v2: apiv2app\n' + LINE)
            + APP, SHIPPED)

    def test_delimiters_and_indents_are_those_of_the_file(self):
        for indent, delimiter in itertools.product(
                ('', '  ', '\t'), (':', ': ', ' : ', '=', ' = ', '\t=\t')):
            lines = ['[composite:rootapp]']
            lines += [indent + key + delimiter + value
                      for key, value in (('/', 'apiversions'),
                                         ('/v2', 'apiv2app'))]
            text = '\n'.join(lines) + '\n'
            self.assertEnabled(
                '%s%s/v2/artifacts%sartifactsapp\n%s'
                % (text, indent, delimiter, APP), text)

    def test_line_endings(self):
        self.assertEnabled(crlf(ROOT + LINE + APP), crlf(ROOT))

    def test_no_newline_at_the_end(self):
        for end in (str, crlf):
            self.assertEnabled(end(ROOT + LINE + APP).rstrip(),
                               end(ROOT).rstrip())

    def test_blank_lines_at_the_end(self):
        for blank in ('\n', '\n\n\n', '  \n', '\n# end', '\n  '):
            self.assertBackAndForth(ROOT + blank)

    def test_other_order_and_comments(self):
        text = ('; first\n[app:apiv2app]\nx = y\n\n# the root\n'
                '[composite:rootapp]\n# images\n/v2: apiv2app\n# metadata\n'
                '/: apiversions\nuse = egg:Paste#urlmap\n\n[app:other]\n'
                '/v2: no\n')
        self.assertEnabled(
            text.replace('/v2: apiv2app\n', '/v2: apiv2app\n' + LINE) + APP,
            text)

    def test_continuation_lines(self):
        for value in (':\n  apiv2app\n', ': apiv2app\n  # a comment\n\n  \n',
                      '=\n\n\tapiv2app\n'):
            self.assertBackAndForth(
                '[composite:rootapp]\n/v2%s/: apiversions\n' % value)

    def test_an_indented_header_is_a_continuation(self):
        # and so it is for paste
        text = ('[composite:other]\n/v2: x\n [composite:rootapp]\n /v2: y\n'
                + ROOT)
        self.assertEnabled(text + LINE + APP, text)

    def test_spelt_otherwise(self):
        for header in ('[composit:rootapp]', '[composite: rootapp]',
                       '[composite:rootapp] ; the root'):
            text = header + '\n/v2/: apiv2app\n'
            self.assertEnabled(text + LINE + APP, text)

    def test_characters_that_python_takes_for_line_ends(self):
        text = '# a\x0cb\x85c\u2028d\n' + ROOT
        self.assertEnabled(text + LINE + APP, text)

    def test_half_enabled(self):
        whole = paste_file.enable(ROOT)
        for half in (ROOT + APP, whole.replace(APP, ''),
                     whole.replace(APP, '\n[app:artifactsapp]\n')):
            self.assertEqual(whole, paste_file.enable(half))

    def test_enabled_by_hand(self):
        text = ('[application: artifactsapp]\npaste.app_factory ='
                ' glance_artifacts.service:app_factory\n[composite:rootapp]\n'
                '/v2/artifacts/ = artifactsapp\n/v2 = apiv2app\n')
        self.assertEqual(text, paste_file.enable(text))
        self.assertEqual('[composite:rootapp]\n/v2 = apiv2app\n',
                         paste_file.disable(text))

    def test_paste_finds_our_app(self):
        path = self.create_tempfiles(
            [('paste', paste_file.enable(SHIPPED))], ext='.ini')[0]
        self.assertEqual(
            'app:artifactsapp',
            loadwsgi.ConfigLoader(path).find_config_section(
                loadwsgi.APP, 'artifactsapp'))


class RefusedTest(base.BaseTestCase):

    def assertRefused(self, text, *words):
        error = self.assertRaises(paste_file.PasteError, paste_file.enable,
                                  text)
        self.assertEqual(1, len(str(error).splitlines()))
        for word in words:
            self.assertIn(word, str(error))

    def test_no_composites(self):
        for text in ('', '[app:rootapp]\n/v2: x\n'):
            self.assertRefused(text, '[composite:rootapp]', 'none')

    def test_composites_of_other_names(self):
        self.assertRefused(
            '[composite:one]\n/v2: x\n[composite:two]\n/v2: x\n',
            '[composite:rootapp]', '[composite:one], [composite:two]')

    def test_rootapp_without_images(self):
        self.assertRefused('[composite:rootapp]\n/: apiversions\n',
                           '[composite:rootapp]', '/v2')

    def test_a_line_of_somebody_else(self):
        text = ROOT + '/v2/artifacts: other\n'
        self.assertRefused(text, '[composite:rootapp]', "'other'")
        self.assertEqual(text, paste_file.disable(text))

    def test_a_section_of_somebody_else(self):
        text = ROOT + '[app:artifactsapp]\nuse = egg:other\n'
        self.assertRefused(text, '[app:artifactsapp]', 'not ours')
        self.assertEqual(text, paste_file.disable(text))

    def test_a_section_of_another_kind(self):
        self.assertRefused(
            ROOT + '[pipeline:artifactsapp]\npipeline = x\n',
            '[pipeline:artifactsapp]')

    def test_what_paste_does_not_read(self):
        for text in ('nonsense', '[a]\nnonsense\n', '\ufeff' + ROOT,
                     ROOT + ROOT):
            self.assertRefused(text, 'is no paste file')
            self.assertRaises(paste_file.PasteError, paste_file.disable,
                              text)


class DisableTest(base.BaseTestCase):

    def test_nothing_to_do(self):
        for text in ('', SHIPPED, ROOT.rstrip()):
            self.assertEqual(text, paste_file.disable(text))

    def test_what_others_added_stays(self):
        enabled = paste_file.enable(ROOT)
        for added in (APP + '# mine\n\n[app:mine]\nx = y\n',
                      '\n# mine\n' + APP):
            self.assertEqual(
                ROOT + added.replace(APP, ''),
                paste_file.disable(enabled.replace(APP, added)))
        self.assertEqual(
            ROOT + '# mine\n# mine\n/x: y\n',
            paste_file.disable(enabled.replace(
                LINE, '# mine\n%s# mine\n/x: y\n' % LINE)))

    def test_an_option_of_others_in_our_section(self):
        self.assertEqual(
            ROOT + '\n[app:artifactsapp]\nmine = yes\n',
            paste_file.disable(paste_file.enable(ROOT) + 'mine = yes\n'))


class DiffTest(base.BaseTestCase):

    def test_diff(self):
        self.assertEqual("""\
--- old.ini
+++ new.ini
@@ -2,3 +2,7 @@
 paste.composite_factory = glance.api:root_app_factory
 /: apiversions
 /v2: apiv2app
+/v2/artifacts: artifactsapp
+
+[app:artifactsapp]
+paste.app_factory = glance_artifacts.service:app_factory
""", paste_file.diff(ROOT, paste_file.enable(ROOT), 'old.ini', 'new.ini'))

    def test_no_newline_at_the_end(self):
        text = ROOT.rstrip()
        self.assertEqual(2, paste_file.diff(
            text, paste_file.enable(text), 'a', 'b').count(
            '\n\\ No newline at end of file\n'))

    def test_nothing(self):
        self.assertEqual('', paste_file.diff(ROOT, ROOT, 'a', 'b'))


class ScanTest(base.BaseTestCase):
    """Our reading of lines against configparser's, on many small files."""

    PIECES = ('[composite:rootapp]', '[b]', '  [c]', '/v2: x', '  /v2: x',
              '    more = less', '/v2/artifacts = artifactsapp', '# c',
              '  ; c', '', '   ', 'k:', 'k = a [b]')

    def test_like_configparser(self):
        for first in ('[a]', '[a]\nk = v'):
            for pieces in itertools.product(self.PIECES, repeat=3):
                self.check('\n'.join((first, *pieces)) + '\n')

    def check(self, text):
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(text)
        except configparser.Error:
            self.assertRaises(paste_file.PasteError, paste_file.enable, text)
            return
        found = paste_file._scan(text.splitlines(keepends=True))
        self.assertEqual(
            {name: {key: ' '.join(value.split())
                    for key, value in parser[name].items()}
             for name in parser.sections()},
            {section.name: {each.key: ' '.join(each.value.split())
                            for each in section.options}
             for section in found}, text)
