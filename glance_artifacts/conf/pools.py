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

"""The options of pools: one group for each, named after it."""

from oslo_config import cfg
from oslo_utils import units

PREFIX = 'artifact_pool:'
#: In the place of a type's name: all that we keep.
ALL = '*'

OPTS = [
    cfg.ListOpt('types',
                default=[],
                help="""
Types whose new artifacts go to this pool.

A type is named by one pool at most. Types that no pool names go to
``[artifacts] default_pool``. What is there already stays where it is.

Possible values:
    * A comma separated list of type names, without ``images``

Related options:
    * allowed_types
    * [artifacts]/default_pool
"""),
    cfg.ListOpt('allowed_types',
                default=[],
                help="""
Types that may have this pool for the asking.

A draft may ask for another pool than that of its type: for one that allows
the type here. The policy ``artifact:create_in_pool`` decides who may.

Possible values:
    * A comma separated list of type names, without ``images``
    * ``*``: all types

Related options:
    * types
"""),
    cfg.ListOpt('stores',
                default=[],
                help="""
Stores that keep the bytes of this pool, in order of preference.

Each is a store of artifacts alone (``[artifacts] stores``) or one of Glance's
(``[DEFAULT] enabled_backends``), which images use as well. What is there
already stays where it is, and is read from there, as long as its store is
named in either option.

Possible values:
    * A comma separated list of names of stores
    * Empty: the value of ``[glance_store] default_backend``

Related options:
    * fallback
    * [artifacts]/stores
    * [DEFAULT]/enabled_backends
    * [glance_store]/default_backend
"""),
    cfg.StrOpt('endpoint',
               help="""
The URL of a service that serves the bytes of this pool.

Where the pool is not one of ``[artifacts] local_pools``, requests for its
bytes are answered with 307 and this URL, with the rest of theirs behind it.
Clients then send the same request there, their token included: it must be a
service of your own, and ``https`` unless the network is trusted.

The catalogue, ``GET /v2/artifacts``, shows it to everybody.

Possible values:
    * The URL of the API, up to and with ``/v2``, such as
      ``https://critical.example.com:9292/v2``
    * Unset: the pool is served wherever the catalogue is

Related options:
    * [artifacts]/local_pools
"""),
    cfg.BoolOpt('fallback',
                default=True,
                help="""
Let uploads go to the next store when one is full or down.

A store that fails before it has taken a byte is left for the next one at
once. One that fails later makes that upload fail with 503, and is tried last
for 30 seconds.

Possible values:
    * True: the next store takes the upload
    * False: only the first store takes uploads; while it is full or down they
      are answered with 503

Related options:
    * stores
"""),
    cfg.IntOpt('segment_size',
               default=64 * units.Mi,
               min=units.Mi,
               help="""
Bytes of each object that an upload is cut into where a store cannot seek.

A range of a blob is read from the beginning of an object there, so this is the
most that is read in vain; not in stores of Swift and S3, which are asked for
the range itself. Stores of files keep a blob as one file whatever this says.
Uploads in parts are proposed parts of this size, on any store; of 5 MiB if it
is smaller. What is there already stays as it is.

Possible values:
    * A number of bytes, at least 1 MiB

Related options:
    * [artifacts]/spool_dir
"""),
    cfg.IntOpt('max_transfers',
               min=1,
               help="""
Uploads and downloads that may run at a time in one process of glance-api.

One more is answered with 503 and ``Retry-After``. Each holds a thread for as
long as its client takes, so there is always one thread less for transfers, of
all pools together, than a process has: images are served meanwhile. Downloads
of up to 64 KiB do not count.

Possible values:
    * A number from 1 to one below the number of threads of each process
    * Unset: one below the number of threads of each process; 3 where the
      server is not uWSGI

Related options:
    * ``threads`` of uWSGI
"""),
    cfg.IntOpt('max_artifacts',
               default=-1,
               min=-1,
               help="""
Artifacts that a project may have in this pool.

The limits for all artifacts of a project, and for those of a type, hold, too.

Possible values:
    * A number of artifacts
    * -1: no limit

Related options:
    * [artifacts]/max_artifacts
    * [DEFAULT]/use_keystone_limits: limits come from Keystone instead
"""),
    cfg.IntOpt('max_bytes',
               default=-1,
               min=-1,
               help="""
Bytes that the blobs of a project may have in this pool.

Bytes of uploads under way count. The limits for all bytes of a project, and
for those of a type, hold, too.

Possible values:
    * A number of bytes
    * -1: no limit

Related options:
    * [artifacts]/max_bytes
    * [DEFAULT]/use_keystone_limits: limits come from Keystone instead
"""),
]


def name_of(pool: str) -> str:
    """The group that holds the options of a pool."""
    return PREFIX + pool


def group(pool: str) -> cfg.OptGroup:
    return cfg.OptGroup(name_of(pool), title='Pool %s' % pool)


def register(conf: cfg.ConfigOpts, pool: str) -> cfg.ConfigOpts.GroupAttr:
    """The options of a pool, registered; harmless when repeated."""
    conf.register_opts(OPTS, group=group(pool))
    return conf[name_of(pool)]
