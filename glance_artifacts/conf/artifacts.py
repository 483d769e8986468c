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
from oslo_config import types
from oslo_utils import units

from glance_artifacts.conf import endpoints
from glance_artifacts.conf import quota

GROUP = cfg.OptGroup('artifacts', title='Artifact repository')

OPTS = [
    cfg.ListOpt('enabled_types',
                default=['images', 'generic', 'heat_templates',
                         'helm_charts', 'ml_models', 'tosca_csars'],
                help="""
Artifact types that this service offers, by name.

A type is a plugin: an entry point in the ``glance_artifacts.types``
namespace. The built-in types are enabled by default; a type from another
package is offered only when it is named here. A name that no plugin provides,
or whose plugin does not load, is logged as an error and shown as disabled in
``GET /v2/artifacts``; the other types, and images, are not affected.

Possible values:
    * A comma separated list of type names

Related options:
    * None
"""),
    cfg.Opt('stores',
            type=types.Dict(),
            default={},
            help="""
Stores of artifacts alone, which no user of images can name, list or fill.

The syntax is that of ``[DEFAULT] enabled_backends``, and each store has a
group of its own, with the same options. A store stays named here, or there,
as long as there are bytes of artifacts in it.

Possible values:
    * A comma separated list of NAME:KIND, such as ``bulk:swift, safe:s3``

Related options:
    * pools
    * [DEFAULT]/enabled_backends
"""),
    cfg.ListOpt('pools',
                default=['general'],
                help="""
Pools, which types live in.

Each has a group ``[artifact_pool:NAME]``; one without a group keeps its bytes
in Glance's default store. The type ``images`` is in a pool of its own,
``images``, which are Glance's stores as they are. A pool stays named here as
long as there are artifacts in it.

Possible values:
    * A comma separated list of names: a small letter, then small letters,
      digits, ``_`` and ``-``, up to 64 in all

Related options:
    * default_pool
    * stores
"""),
    cfg.StrOpt('default_pool',
               help="""
The pool of all types that no pool names.

Possible values:
    * One of ``pools``
    * Unset: the first of them

Related options:
    * pools
"""),
    cfg.BoolOpt('standalone_images',
                default=False,
                help="""
Offer the type ``images`` in the standalone service, too.

Images are kept by Glance, whose code the service then runs beside its own. It
needs what glance-api.conf says of stores, database, limits and policies; name
that file before ``glance-artifacts.conf``. Inside glance-api this option means
nothing: there, images are always at hand.

Possible values:
    * True: these files configure Glance as well
    * False: ``GET /v2/artifacts`` shows the type as disabled

Related options:
    * enabled_types
    * [DEFAULT]/enabled_backends
    * [database]/connection
"""),
    cfg.StrOpt('spool_dir',
               help="""
Where bytes of unknown length wait on their way into a store.

Stores of kind s3 and rbd have to be told how long an object is. Where a client
does not say, one object (see ``segment_size`` of pools) is gathered: up to 8
MiB in memory, what is more in a file in this directory, which is removed at
once and survives no process.

Possible values:
    * A directory that ``glance-api`` may write to
    * Unset: the directory for temporary files of the system

Related options:
    * [artifact_pool:NAME]/segment_size
"""),
    cfg.IntOpt('store_timeout',
               default=60,
               min=1,
               help="""
Seconds for which Swift may be silent when artifacts are written or read.

Its client has no such limit by itself, and a store that hangs would hold a
thread for ever. What can be sent again is tried up to six times.

Possible values:
    * A number of seconds, at least 1

Related options:
    * None
"""),
    cfg.IntOpt('inspect_budget',
               default=64 * units.Mi,
               min=units.Mi,
               help="""
Bytes that a type may read of one upload while it inspects it.

A type looks at what was uploaded before it becomes visible. An upload that
would take more to check is refused with 400.

Possible values:
    * A number of bytes, at least 1 MiB

Related options:
    * None
"""),
    cfg.IntOpt('member_quota',
               default=128,
               min=-1,
               help="""
Projects that one artifact may be shared with.

One more is refused with 413. Artifacts that have more already keep them.

Possible values:
    * A number of projects; -1 for any number

Related options:
    * ``[DEFAULT] image_member_quota``, the same for images
"""),
    cfg.IntOpt('lease_time',
               default=60,
               min=2,
               help="""
Seconds after which an upload that nobody is at work on any more may be ended.

``glance-api`` says three times in this period, by the clock of the database,
that it still works on an upload. When it has been killed, the worker (or
``glance-artifacts-manage purge``) ends its uploads after this time. An upload
that is ended although ``glance-api`` was only out of touch is answered with
503.

Possible values:
    * A number of seconds, at least 2

Related options:
    * None
"""),
    cfg.IntOpt('delete_delay',
               default=3600,
               min=0,
               max=365 * 24 * 3600,
               help="""
Seconds for which the old bytes of what has moved to another pool are kept.

Who began to read them before they moved goes on reading them there. Then the
worker, or ``glance-artifacts-manage purge``, deletes them.

Possible values:
    * A number of seconds, up to a year

Related options:
    * None
"""),
    *endpoints.OPTS,
    *quota.OPTS,
]
