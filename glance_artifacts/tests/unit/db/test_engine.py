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

from oslo_config import cfg
from oslo_db import exception as db_exc
from oslotest import base

from glance_artifacts import conf as artifacts_conf
from glance_artifacts.db import engine
from glance_artifacts.dev import checks
from glance_artifacts import exceptions


class EngineTestCase(base.BaseTestCase):

    def configured(self, url=None, own=None):
        conf = cfg.ConfigOpts()
        artifacts_conf.register_opts(conf)
        conf.register_opts(engine.db_options.database_opts, 'database')
        conf([], default_config_files=[])
        if url is not None:
            conf.set_override('connection', url, 'database')
        if own is not None:
            conf.set_override('connection', own, 'artifacts_database')
        return conf


class TestUrl(EngineTestCase):

    def test_that_of_glance_unless_there_is_one_of_our_own(self):
        for given, database, option in (
                (('sqlite:///a', None), 'a', '[database]/connection'),
                (('sqlite:///a', 'sqlite:///b'), 'b',
                 '[artifacts_database]/connection'),
                ((None, 'sqlite:///b'), 'b',
                 '[artifacts_database]/connection')):
            conf = self.configured(*given)
            self.assertEqual(database, engine.url(conf).database)
            self.assertEqual(option, engine.option(conf))

    def test_mysql_speaks_utf8mb4_whatever_the_url_says(self):
        for url in ('mysql+pymysql://u:p@h/d',
                    'mysql+pymysql://u:p@h/d?charset=utf8',
                    'mariadb+pymysql://u:p@h/d?charset=utf8&ssl_ca=/a',
                    'mysql+pymysql://u:p@h/d?charset=utf8mb4'):
            found = engine.url(self.configured(url))
            self.assertEqual('utf8mb4', found.query['charset'])
            self.assertEqual('/a' if 'ssl_ca' in url else None,
                             found.query.get('ssl_ca'))
            self.assertEqual('p', found.password)

    def test_others_are_left_alone(self):
        for url in ('sqlite:///a', 'postgresql+psycopg2://u:p@h/d'):
            self.assertEqual({}, dict(engine.url(
                self.configured(url)).query))

    def test_none(self):
        for url in (None, ''):
            error = self.assertRaises(exceptions.Misconfigured, engine.url,
                                      self.configured(url))
            self.assertEqual('[database]/connection', error.option)

    def test_no_url(self):
        for url in ('nonsense', 'nil://u:s3cret@h/d',
                    'mysql+nil://u:s3cret@h/d', 'mysql://u:s3cret@h:x/d'):
            for given, option in (
                    ((url, None), '[database]/connection'),
                    (('sqlite:///a', url),
                     '[artifacts_database]/connection')):
                error = self.assertRaises(exceptions.Misconfigured,
                                          engine.url, self.configured(*given))
                self.assertEqual(option, error.option)
                self.assertNotIn('s3cret', error.detail)


class TestCreate(EngineTestCase):

    def test_does_not_connect(self):
        made = engine.create_engine(self.configured(
            'sqlite:////nonexistent/directory/a'))
        self.assertEqual('sqlite', made.dialect.name)

    def test_nobody_answers(self):
        """It is one kind of error on every database."""
        for url in ('postgresql+psycopg2://u@%s:%d/d',
                    'mysql+pymysql://u@%s:%d/d'):
            database = engine.Database.from_conf(self.configured(
                url % (checks.HOST, checks.free_port())))
            for connected in (database.reader, database.writer):
                self.assertRaises(db_exc.DBConnectionError,
                                  connected().__enter__)

    def test_parameters_are_in_no_message(self):
        made = engine.create_engine(self.configured('sqlite://'))
        self.assertTrue(made.hide_parameters)
