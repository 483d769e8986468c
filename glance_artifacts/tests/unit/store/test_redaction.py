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
import logging

import fixtures
from oslo_config import cfg
from oslo_log import formatters
from oslo_log import log
from oslotest import base

from glance_artifacts.store import redaction

NAME = 'gart-3d12041c9113-c599f418-4dca-4408-a22f-abc7973e9fea'
PLACES = ('/var/lib/stores/' + NAME, 'file:///var/lib/stores/' + NAME,
          'swift+https://user%3Aname:s3cret@host/v3/stores/' + NAME)
OTHERS = ('/srv/stuttgart-1/images/c599f418-4dca-4408-a22f-abc7973e9fea',
          'file:///gart-images/5', 'glance-artifacts-manage')


class _Withheld(fixtures.Fixture):

    def _setUp(self):
        withheld = redaction.withheld()
        withheld.__enter__()
        self.addCleanup(withheld.__exit__, None, None, None)


class TestRedaction(base.BaseTestCase):
    """With the formatter that glance-api has."""

    def setUp(self):
        super().setUp()
        conf = cfg.ConfigOpts()
        log.register_options(conf)
        conf([], default_config_files=[], default_config_dirs=[])
        self.output = io.StringIO()
        handler = logging.StreamHandler(self.output)
        handler.setFormatter(formatters.ContextFormatter(config=conf))
        logging.getLogger().addHandler(handler)
        self.addCleanup(logging.getLogger().removeHandler, handler)
        self.log = logging.getLogger('a.driver')
        self.log.setLevel(logging.DEBUG)

    def assert_withheld(self):
        written = self.output.getvalue()
        for text in ('gart-', 's3cret', 'stores'):
            self.assertNotIn(text, written)
        self.assertIn('(an object)', written)
        return written

    def withhold(self):
        self.useFixture(_Withheld())

    def test_messages(self):
        self.withhold()
        for place in PLACES:
            self.log.debug('Wrote 5 bytes to %(place)s with a checksum',
                           {'place': place})
            self.log.error("No such file or directory: '%s'" % place)
        self.assertIn('Wrote 5 bytes to (an object) with a checksum',
                      self.assert_withheld())

    def test_the_exception_that_oslo_log_adds(self):
        self.withhold()
        for place in PLACES:
            try:
                raise FileNotFoundError(2, 'No such file', place)
            except OSError:
                self.log.exception('It failed')
                self.log.warning('It failed')
        self.assertIn('Traceback', self.assert_withheld())

    def test_all_else_stays(self):
        self.withhold()
        for place in OTHERS:
            try:
                raise OSError(place)
            except OSError:
                self.log.warning('Wrote %d bytes to %s', 5, place)
            self.assertIn('Wrote 5 bytes to %s: OSError: %s' % (place, place),
                          self.output.getvalue())

    def test_only_for_a_while(self):
        handlers = logging.getLogger().handlers
        before = [one.formatter for one in handlers]
        with redaction.withheld():
            during = [one.formatter for one in handlers]
            with redaction.withheld():
                self.assertEqual(during, [one.formatter for one in handlers])
            self.assertEqual(during, [one.formatter for one in handlers])
        self.assertFalse(set(before) & set(during))
        self.assertEqual(before, [one.formatter for one in handlers])
        self.log.warning(PLACES[0])
        self.assertIn(PLACES[0], self.output.getvalue())

    def test_whatever_happens(self):
        def fail():
            with redaction.withheld():
                raise ValueError()

        before = [one.formatter for one in logging.getLogger().handlers]
        self.assertRaises(ValueError, fail)
        self.assertEqual(
            before, [one.formatter for one in logging.getLogger().handlers])

    def test_a_handler_without_a_formatter(self):
        handler = logging.getLogger().handlers[-1]
        handler.setFormatter(None)
        with redaction.withheld():
            self.log.warning(PLACES[0])
        self.assertIsNone(handler.formatter)
        self.assert_withheld()

    def test_what_is_no_text(self):
        handler = logging.getLogger().handlers[-1]
        handler.formatter.format = lambda record: {'a': NAME}
        self.withhold()
        record = logging.makeLogRecord({'msg': 'x'})
        self.assertEqual({'a': NAME}, handler.format(record))

    def test_a_line_without_the_exception(self):
        try:
            raise OSError('s3cret')
        except OSError as exc:
            redaction.say(self.log.error, 'It failed: %s', type(exc).__name__)
        self.assertNotIn('s3cret', self.output.getvalue())
        self.assertIn('It failed: OSError\n', self.output.getvalue())
