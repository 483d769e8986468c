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

"""The files that glance-api, or the standalone service, is configured by."""

from __future__ import annotations

from collections.abc import Sequence
import os
import pathlib

from oslo_config import cfg

from glance_artifacts import conf as artifacts_conf
from glance_artifacts import exceptions

API_CONF = 'glance-api.conf'
#: Of the standalone service.
OWN_CONF = 'glance-artifacts.conf'
#: Names its files, separated by ";"; a later one has the last word.
OWN_FILES = 'OS_GLANCE_ARTIFACTS_CONFIG_FILES'
STANDALONE = 'glance-artifacts'
_EMBEDDED = 'glance-api'
_OWN_DEFAULT = '/etc/glance-artifacts/' + OWN_CONF
# read before it by glance-api, where it is there
_IMPORT_CONF = 'glance-image-import.conf'


def load(where: str | Sequence[str] | None) -> cfg.ConfigOpts:
    """What the service reads, from the files that it reads.

    The name of the last file tells which service it is: see
    ``is_standalone``.

    :param where: a directory, or files; None: where the services look
    :raises Misconfigured: when there is no such file, or it cannot be read
    """
    files = _files(where)
    conf = cfg.ConfigOpts()
    artifacts_conf.register_opts(conf)
    own = pathlib.Path(files[-1]).name.startswith(STANDALONE)
    try:
        conf([], project='glance', prog=STANDALONE if own else _EMBEDDED,
             default_config_files=files, default_config_dirs=[])
    except (cfg.Error, OSError, UnicodeDecodeError) as exc:
        raise exceptions.Misconfigured(
            ' '.join(str(exc).split()), option=files[-1],
            remedy='correct the file') from exc
    return conf


def share(conf: cfg.ConfigOpts) -> None:
    """Let libraries have these files that read the global configuration."""
    cfg.CONF([], project='glance', prog=conf.prog,
             default_config_files=conf.config_file, default_config_dirs=[])


def is_standalone(conf: cfg.ConfigOpts) -> bool:
    """Whether these are the files of the standalone service."""
    return conf.prog == STANDALONE


def own_files() -> list[str]:
    """The files of the standalone service.

    :raises Misconfigured: when one of them is not there, or has a name by
        which commands would not know it
    """
    named = os.environ.get(OWN_FILES, _OWN_DEFAULT)
    files = _checked([part.strip() for part in named.split(';')
                      if part.strip()], '$' + OWN_FILES)
    if not pathlib.Path(files[-1]).name.startswith(STANDALONE):
        raise exceptions.Misconfigured(
            'the last file is not one of the standalone service',
            option='$' + OWN_FILES, value=named,
            remedy='name %s last' % OWN_CONF)
    return files


def _files(where: str | Sequence[str] | None) -> list[str]:
    if where is None and OWN_FILES in os.environ:
        return own_files()
    if where is not None and not isinstance(where, str):
        return _checked(where, '--config-file')
    directory = (where or os.environ.get('OS_GLANCE_CONFIG_DIR')
                 or '/etc/glance').strip()
    return _of_directory(pathlib.Path(directory))


def _of_directory(directory: pathlib.Path) -> list[str]:
    path = directory / API_CONF
    if path.is_file():
        first = path.with_name(_IMPORT_CONF)
        return [str(each) for each in (first, path)
                if each == path or each.exists()]
    if (directory / OWN_CONF).is_file():
        return [str(directory / OWN_CONF)]
    raise exceptions.Misconfigured(
        'there is no %s' % API_CONF, option='--config-dir', value=directory,
        remedy='name the directory that holds it, or that of %s' % OWN_CONF)


def _checked(files: Sequence[str], option: str) -> list[str]:
    if not files:
        raise exceptions.Misconfigured(
            'it names no file', option=option, value='',
            remedy='name %s' % OWN_CONF)
    for path in files:
        if not os.path.isfile(path):
            raise exceptions.Misconfigured(
                'there is no such file', option=option, value=path,
                remedy='correct the name')
    return list(files)
