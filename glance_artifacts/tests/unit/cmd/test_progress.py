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

import io

from oslotest import base

from glance_artifacts.cmd import progress


class Terminal(io.StringIO):

    def isatty(self):
        return True


class TestProgress(base.BaseTestCase):

    def shown(self, stream, total, steps, note_at=None):
        bar = progress.Progress(total, stream)
        for number in range(steps):
            bar.step()
            if number == note_at:
                bar.note('a note')
        bar.close()
        return stream.getvalue()

    def test_in_a_log(self):
        self.assertEqual(
            ['%d of 25' % number for number in
             (3, 5, 8, 10, 13, 15, 18, 20, 23, 25)],
            self.shown(io.StringIO(), 25, 25).splitlines())

    def test_in_a_log_with_a_note(self):
        self.assertEqual(['1 of 2', 'a note', '2 of 2'],
                         self.shown(io.StringIO(), 2, 2, 0).splitlines())

    def test_on_a_terminal(self):
        text = self.shown(Terminal(), 10, 10)
        self.assertTrue(text.startswith('\r[###...'), text)
        self.assertTrue(text.endswith('] 100 % 10 of 10\n'), text)
        self.assertEqual(1, text.count('\n'))

    def test_on_a_terminal_with_a_note(self):
        text = self.shown(Terminal(), 4, 3, 1)
        self.assertIn('\r\x1b[Ka note\n', text)
        self.assertTrue(text.endswith('  75 % 3 of 4\n'), text)

    def test_a_terminal_is_not_flooded(self):
        text = self.shown(Terminal(), 100000, 100000)
        self.assertLess(text.count('\r'), 1000)

    def test_more_than_were_counted(self):
        self.assertTrue(self.shown(Terminal(), 1, 3).endswith(
            ' 100 % 3 of 3\n'))
        self.assertEqual('1 of 1\n', self.shown(io.StringIO(), 1, 3)[:7])

    def test_several_at_once(self):
        for stream, last in ((io.StringIO(), '7 of 20 things\n'),
                             (Terminal(), '  35 % 7 of 20 things\n')):
            bar = progress.Progress(20, stream, 'things')
            bar.step(0)
            bar.step(7)
            bar.step(0)
            bar.close()
            self.assertTrue(stream.getvalue().endswith(last))
            self.assertEqual(1, stream.getvalue().count('\n'))

    def test_rate_and_time_left(self):
        now = [100.0]
        for stream, last in (
                (io.StringIO(), '2 of 20 bytes, 1 bytes/s, 0:00:18 left\n'),
                (Terminal(),
                 '  10 % 2 of 20 bytes, 1 bytes/s, 0:00:18 left\n')):
            bar = progress.Progress(20, stream, 'bytes', True,
                                    lambda: now[0])
            now[0] += 2
            bar.step(2)
            bar.close()
            self.assertTrue(stream.getvalue().endswith(last),
                            stream.getvalue())

    def test_a_long_time_left(self):
        now = [0.0]
        stream = io.StringIO()
        bar = progress.Progress(20000, stream, 'bytes', True, lambda: now[0])
        now[0] = 3000.5
        bar.step(2000)
        self.assertEqual('2000 of 20000 bytes, 0 bytes/s, 7:30:04 left\n',
                         stream.getvalue())

    def test_none_of_none(self):
        bar = progress.Progress(0, io.StringIO())
        bar.step(0)
        bar.close()

    def test_nothing(self):
        for stream in (io.StringIO(), Terminal()):
            self.assertEqual('', self.shown(stream, 0, 0))
