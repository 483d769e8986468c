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

GROUP = cfg.OptGroup('artifacts_database', title='Database of artifacts')

OPTS = [
    cfg.StrOpt('connection',
               secret=True,
               help="""
SQLAlchemy URL of the database that keeps the artifacts.

When this is not set, artifacts live in Glance's own database, in tables of
their own (prefix ``gart_``) with a migration history of their own. The sizes
of the connection pool are those of the ``[database]`` group in either case.

Possible values:
    * A SQLAlchemy database URL
    * Unset: the value of ``[database]/connection``

Related options:
    * [database]/connection
    * [database]/max_pool_size
    * [database]/max_overflow
"""),
]
