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

"""What is wrong with a configuration: everything, before the start.

Each check is a function from the configuration to what it found: a
:class:`Misconfigured` for each thing that is wrong, and plain text for what
is only worth knowing. None of them changes anything.
"""

from __future__ import annotations

from collections.abc import Iterable
import difflib
import pathlib

from oslo_config import cfg
from oslo_db import options as db_options

from glance_artifacts.api import router
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import images_check
from glance_artifacts.cmd import paste_check
from glance_artifacts import conf as artifacts_conf
from glance_artifacts.conf import glance as glance_conf
from glance_artifacts.conf import pools as pool_options
from glance_artifacts.conf import values
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import in_use
from glance_artifacts.db import migration
from glance_artifacts.db import startup
from glance_artifacts import exceptions
from glance_artifacts import policy
from glance_artifacts.store import pool_problems
from glance_artifacts.store import pools
from glance_artifacts.store import probe
from glance_artifacts.types import registry

Found = Iterable[exceptions.Misconfigured | str]

_OURS = 'artifacts'
#: Options of Glance that we depend on; Glance registers them elsewhere.
_GLANCE = {
    'DEFAULT': [cfg.DictOpt('enabled_backends')],
    'glance_store': [cfg.StrOpt('default_backend')],
    'database': db_options.database_opts,
    'paste_deploy': [cfg.StrOpt('flavor'), cfg.StrOpt('config_file')],
}


def run(conf: cfg.ConfigOpts) -> tuple[list[str], list[str]]:
    """Apply all checks.

    :return: findings and notes, one line each, none twice
    """
    for group, opts in _GLANCE.items():
        conf.register_opts(opts, group=None if group == 'DEFAULT' else group)
    findings: dict[str, None] = {}
    notes: dict[str, None] = {}
    for check in CHECKS:
        for found in _guarded(check, conf):
            if isinstance(found, str):
                notes[found] = None
            else:
                findings[' '.join(found.detail.split())] = None
    return list(findings), list(notes)


def _guarded(check, conf: cfg.ConfigOpts) -> Found:
    """One check; what stops it must not stop the others."""
    try:
        yield from check(conf)
    except exceptions.Misconfigured as exc:
        yield exc
    except cfg.ConfigFileValueError:
        pass  # check_values names it
    except Exception as exc:
        yield exceptions.Misconfigured(
            'could not be checked: %s: %s' % (type(exc).__name__, exc),
            option=check.__name__, remedy='report it')


def check_values(conf: cfg.ConfigOpts) -> Found:
    """Every option, ours and those we depend on, has a possible value."""
    for group, opts in artifacts_conf.present(conf):
        yield from values.problems(conf, group.name, opts)
    for name, opts in _GLANCE.items():
        yield from values.problems(conf, name, opts)


def check_names(conf: cfg.ConfigOpts) -> Found:
    """No option of ours is misspelt: oslo.config ignores what it lacks."""
    known = {group.name: _names(opts)
             for group, opts in artifacts_conf.present(conf)}
    # a store may have any name
    others = {*_stores(conf), *_GLANCE}
    for path, sections in values.files(conf):
        for section, options in sections.items():
            if section not in others:
                yield from _unknown(path, section, options, known)


def _names(opts: Iterable[cfg.Opt]) -> set[str]:
    return {name for opt in opts
            for name in (opt.name, opt.dest,
                         *(old.name for old in opt.deprecated_opts)) if name}


def _unknown(path: pathlib.Path, section: str, options: Iterable[str],
             known: dict[str, set[str]]) -> Found:
    name = section.lower()  # as oslo.config takes it
    if name in known:
        for option in set(options) - known[name]:
            # not the value: it may be a misspelt password
            yield exceptions.Misconfigured(
                'there is no such option', option='[%s]/%s (%s)'
                % (section, option, path),
                remedy=_suggestion(option, known[name]))
    elif name.startswith(pool_options.PREFIX):
        yield exceptions.Misconfigured(
            'there is no such pool', option='[%s] (%s)' % (section, path),
            remedy='name the pool in [artifacts]/pools, or remove the group')
    elif name.startswith(_OURS) or difflib.get_close_matches(
            name, known, cutoff=0.85):
        yield exceptions.Misconfigured(
            'there is no such group', option='[%s] (%s)' % (section, path),
            remedy=_suggestion(name, known))


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return 'write "%s"' % close[0] if close else 'remove it'


def check_database(conf: cfg.ConfigOpts) -> Found:
    """The database answers and has the tables of this release."""
    url = db_engine.url(conf)
    if (url.get_backend_name() == 'sqlite' and url.database
            and not pathlib.Path(url.database).exists()):
        yield startup.outdated(conf)  # connecting would make the file
        return
    database, state = startup.look(conf)
    if state is migration.State.EXPAND:
        yield startup.outdated(conf)
        return
    yield from in_use.problems(database, conf)
    if state is migration.State.CONTRACT:
        yield ('Once no older release is running: "glance-artifacts-manage'
               ' db sync --contract".')


def check_pools(conf: cfg.ConfigOpts) -> Found:
    """Pools make sense, and their stores are there and take bytes."""
    stores = _stores(conf)
    if not stores:
        yield exceptions.Misconfigured(
            'artifacts need named stores',
            option='[artifacts]/stores' if configuration.is_standalone(conf)
            else '[DEFAULT]/enabled_backends',
            remedy='set it, for example to local:file, and give the store a'
                   ' group [local]')
    yield from pool_problems.find(conf)
    # those of ours that are in no pool are read from
    wanted = dict.fromkeys(conf.artifacts.stores)
    for pool in conf.artifacts.pools:
        wanted.update(dict.fromkeys(pools.stores_of(conf, pool)))
    far = pools.far_stores(conf)
    for name in wanted:
        if name in stores:
            yield from probe.probe(conf, name, stores[name], name in far)
    if far & stores.keys():
        yield ('Stores of pools that are served elsewhere are not tried here:'
               ' %s' % ', '.join(sorted(far)))


def _stores(conf: cfg.ConfigOpts) -> dict[str, str]:
    """The kinds of all stores, by name."""
    return {**conf.artifacts.stores, **glance_conf.stores(conf)}


def check_types(conf: cfg.ConfigOpts) -> Found:
    """Each type that is enabled can be offered."""
    enabled = conf.artifacts.enabled_types
    for name, reason in registry.Registry.load(enabled).disabled.items():
        yield exceptions.Misconfigured(
            'the type cannot be offered: %s' % reason,
            option='[artifacts]/enabled_types', value=name,
            remedy='install or repair its plugin, or remove the name')
    for pool in conf.artifacts.pools:
        for option in ('types', 'allowed_types'):
            for name in pool_options.register(conf, pool)[option]:
                if name not in (*enabled, pool_options.ALL):
                    yield exceptions.Misconfigured(
                        'no such type is enabled', value=name,
                        option='[%s]/%s' % (pool_options.name_of(pool),
                                            option),
                        remedy='correct the name, or add it to'
                               ' [artifacts]/enabled_types')


def check_routes(conf: cfg.ConfigOpts) -> Found:
    """The routes of each plugin load and take no path of others."""
    for plugin, reason in router.Router.load().disabled.items():
        yield exceptions.Misconfigured(
            'its routes are left out: %s' % reason,
            option='entry point %s: %s' % (router.NAMESPACE, plugin),
            remedy='repair or remove the package')


def check_policy(conf: cfg.ConfigOpts) -> Found:
    """The operator's rules can be read and mean something."""
    enforcer = policy.Enforcer(conf)
    enforcer.load()
    enforcer.register(route.policy for route in router.Router.load().routes)
    for rule, reason in enforcer.doubts().items():
        yield exceptions.Misconfigured(
            reason, option='[oslo_policy]/policy_file', value=rule,
            remedy='correct the rule')


CHECKS = (check_values, check_names, check_database, check_pools,
          check_types, check_routes, check_policy, images_check.check,
          paste_check.check)
