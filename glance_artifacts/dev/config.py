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

"""The files in a state directory: a real glance-api's configuration.

What is written once belongs to whoever edits it: a later start changes only
the options that were named on its command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
import configparser
import importlib.metadata
import pathlib
import sys

from oslo_config import cfg

import glance_artifacts
from glance_artifacts.cmd import paste_file
from glance_artifacts.conf import pools as pool_options
from glance_artifacts.dev import checks
from glance_artifacts.dev import ini

Options = Mapping[str, Mapping[str, str]]

API_CONF = 'glance-api.conf'
PASTE_INI = 'glance-api-paste.ini'
DEVELOPMENT = 'development'

OWN_PASTE_INI = 'glance-artifacts-paste.ini'

_HEADING = """\
# A real configuration, written on the first start of the development server.
# It is yours now: later starts change only what their command line names.
"""

# Glance's own pipeline for Keystone, less Keystone.
_PIPELINE = ('cors http_proxy_to_wsgi versionnegotiation osprofiler'
             ' devidentity context rootapp')

# (section, key, value): the flavor that the shipped paste file lacks.
_PASTE_CHANGES = (
    (f'composite:glance-api-{DEVELOPMENT}', 'paste.composite_factory',
     'glance.api:root_app_factory'),
    (f'composite:glance-api-{DEVELOPMENT}', '/', 'api'),
    (f'composite:glance-api-{DEVELOPMENT}', '/healthcheck', 'healthcheck'),
    ('composite:api', DEVELOPMENT, _PIPELINE),
    ('filter:devidentity', 'paste.filter_factory',
     'glance_artifacts.dev.identity:filter_factory'),
)


# The same for the paste file of the standalone service.
_OWN_PASTE_CHANGES = (
    (f'composite:glance-artifacts-{DEVELOPMENT}', 'paste.composite_factory',
     'glance.api:root_app_factory'),
    (f'composite:glance-artifacts-{DEVELOPMENT}', '/', 'public'),
    (f'composite:glance-artifacts-{DEVELOPMENT}', '/v2/artifacts', 'api'),
    (f'composite:glance-artifacts-{DEVELOPMENT}', '/healthcheck',
     'healthcheck'),
    ('composite:api', DEVELOPMENT,
     'cors http_proxy_to_wsgi devidentity context artifacts'),
    _PASTE_CHANGES[-1],
)


def variables(state: pathlib.Path, **more: str) -> dict[str, str]:
    """Return what is in the environment of what runs on a state directory."""
    return {'OS_GLANCE_CONFIG_DIR': str(state / 'etc'),
            'GLANCE_ARTIFACTS_DEV_IDENTITY': '1', **more}


def defaults(state: pathlib.Path, url: str) -> dict[str, dict[str, str]]:
    """Return the options of a first start, by section."""
    stores = state / 'stores'
    return {
        'DEFAULT': {
            'enabled_backends': 'local:file',
            'image_cache_dir': str(state / 'cache'),
            'worker_self_reference_url': url,
        },
        'database': {'connection': f'sqlite:///{state}/glance.sqlite'},
        'glance_store': {'default_backend': 'local'},
        'local': {'filesystem_store_datadir': str(stores / 'local')},
        'os_glance_staging_store': {
            'filesystem_store_datadir': str(stores / 'staging')},
        'os_glance_tasks_store': {
            'filesystem_store_datadir': str(stores / 'tasks')},
        'oslo_concurrency': {'lock_path': str(state / 'lock')},
        'paste_deploy': {
            'config_file': str(state / 'etc' / PASTE_INI),
            'flavor': DEVELOPMENT,
        },
    }


def two_pools(state: pathlib.Path) -> dict[str, dict[str, str]]:
    """Return the options of two pools, each on a store that is its own."""
    pools = ('general', 'second')
    found = {'artifacts': {
        'stores': ', '.join(f'{name}:file' for name in pools),
        'pools': ', '.join(pools)}}
    for name in pools:
        found[pool_options.name_of(name)] = {
            'stores': name, 'allowed_types': pool_options.ALL}
        found[name] = {
            'filesystem_store_datadir': str(state / 'stores' / name)}
    return found


def _set_all(text: str, options: Options) -> str:
    for section, values in options.items():
        for key, value in values.items():
            # oslo.config takes $name in a value for a reference.
            text = ini.set_option(text, section, key,
                                  str(value).replace('$', '$$'))
    return text


def paste_text() -> str:
    """Return Glance's own paste file with artifacts and the dev flavor."""
    return _changed(paste_file.enable(
        shipped_paste().read_text(encoding='utf-8')), _PASTE_CHANGES)


def own_paste_text() -> str:
    """Return the standalone service's with the dev flavor."""
    return _changed(own_sample(OWN_PASTE_INI).read_text(encoding='utf-8'),
                    _OWN_PASTE_CHANGES)


def own_sample(name: str) -> pathlib.Path:
    """Find a file that we give operators."""
    tree = pathlib.Path(glance_artifacts.__file__).parent.parent
    for root in (tree, pathlib.Path(sys.prefix)):
        path = root / 'etc' / 'glance-artifacts' / name
        if path.exists():
            return path
    raise checks.SetupError(f'{path} is missing: is it installed?')


def _changed(text: str, changes: Iterable[tuple[str, str, str]]) -> str:
    for section, key, value in changes:
        text = ini.set_option(text, section, key, value,
                              ': ' if key.startswith('/') else ' = ')
    return text


def shipped_paste() -> pathlib.Path:
    """Find the paste file that was installed with Glance."""
    for path in importlib.metadata.files('glance') or ():
        if path.name == PASTE_INI:
            return pathlib.Path(path.locate()).resolve()
    raise checks.SetupError(f'the installed glance has no {PASTE_INI}')


class Files:
    """The configuration and the paste file of a service.

    :param state: the directory that holds them, in ``etc``
    :param conf: the name of the one
    :param paste: the name of the other
    :param text_of_paste: makes the other where it is absent
    """

    def __init__(self, state: pathlib.Path, conf: str = API_CONF,
                 paste: str = PASTE_INI,
                 text_of_paste: Callable[[], str] = paste_text) -> None:
        etc = state / 'etc'
        etc.mkdir(parents=True, exist_ok=True)
        self.conf = etc / conf
        self.paste = etc / paste
        # --config-dir takes files by *.conf, so not this one.
        self._draft = etc / f'{conf}.new'
        self._text_of_paste = text_of_paste

    def draft(self, first: Options, named: Options) -> None:
        """Write what is to become the configuration, an absent paste file.

        :param first: the options of a first start
        :param named: the options that were asked for, which always hold
        """
        if not self.paste.exists():
            self.paste.write_text(self._text_of_paste(), encoding='utf-8')
        text = (self.conf.read_text(encoding='utf-8') if self.conf.exists()
                else _set_all(_HEADING, first))
        self._draft.write_text(_set_all(text, named), encoding='utf-8')

    def keep(self) -> None:
        """Put the draft in its place."""
        self._draft.replace(self.conf)

    def drafted(self, section: str, key: str) -> str | None:
        """Read one option as glance-api will, None if it is not set."""
        conf = cfg.ConfigOpts()
        conf.register_opt(cfg.StrOpt(key), group=section)
        try:
            conf([], project='glance', default_config_dirs=[],
                 default_config_files=[str(self._draft)])
            return conf[section][key]
        except cfg.Error as error:
            raise checks.SetupError(f'{self.conf}: {checks.one_line(error)}')

    def check_flavor(self) -> None:
        """Refuse a flavor that has no pipeline."""
        flavor = self.drafted('paste_deploy', 'flavor') or 'default'
        paste = configparser.RawConfigParser(strict=False)
        try:
            paste.read(self.paste, encoding='utf-8')
            known = [name for name in paste['composite:api']
                     if not name.startswith('paste.')]
        except (configparser.Error, KeyError) as error:
            raise checks.SetupError(f'{self.paste}: {checks.one_line(error)}')
        if flavor not in known:
            raise checks.SetupError(
                f'flavor "{flavor}" has no pipeline in {self.paste}'
                f' (it has: {", ".join(known)})')
