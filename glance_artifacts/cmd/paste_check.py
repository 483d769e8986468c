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

"""Whether a service's paste file serves artifacts, and safely."""

from __future__ import annotations

from collections.abc import Iterable
import os
import pathlib

from oslo_config import cfg

from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import paste_file
from glance_artifacts import exceptions

_FILE = '[paste_deploy]/config_file'
_FLAVOR = '[paste_deploy]/flavor'
_IDENTITY = 'glance_artifacts.dev.identity:'
#: Set where it is asked for; it does not load elsewhere.
_DEVELOPMENT = 'GLANCE_ARTIFACTS_DEV_IDENTITY'
_NOBODY = 'unauthenticated-context'


def check(conf: cfg.ConfigOpts,
          ) -> Iterable[exceptions.Misconfigured | str]:
    """The paste file has our lines and no development identity."""
    path = _path(conf)
    try:
        text = path.read_bytes().decode('utf-8')
        sections = paste_file.sections(text)
    except (OSError, UnicodeDecodeError, paste_file.PasteError) as exc:
        raise _wrong(path, str(exc), 'correct the file') from exc
    if not configuration.is_standalone(conf):
        yield from _ours(path, text)
    if not os.environ.get(_DEVELOPMENT):
        yield from _identity(path, sections)
    yield from _flavor(conf, path, sections)


def _path(conf: cfg.ConfigOpts) -> pathlib.Path:
    """Where Glance looks."""
    named = conf.paste_deploy.config_file
    beside = os.path.basename(conf.config_file[-1]).replace(
        '.conf', '-paste.ini')
    path = named or conf.find_file(beside)
    if not path or not os.path.isfile(path):
        raise exceptions.Misconfigured(
            'there is no such file', option=_FILE, value=named or beside,
            remedy='name the %s-paste.ini that came with the package'
                   % conf.prog)
    return pathlib.Path(path).absolute()


def _wrong(path: pathlib.Path, problem: str,
           remedy: str) -> exceptions.Misconfigured:
    return exceptions.Misconfigured(problem, option=_FILE, value=path,
                                    remedy=remedy)


def _ours(path: pathlib.Path,
          text: str) -> Iterable[exceptions.Misconfigured]:
    try:
        if paste_file.enable(text) != text:
            yield _wrong(path, 'artifacts are not enabled in it',
                         'run "glance-artifacts-manage paste enable %s"'
                         % path)
    except paste_file.PasteError as exc:
        yield _wrong(path, str(exc), 'correct the file')


def _identity(path: pathlib.Path, sections: dict[str, dict[str, str]],
              ) -> Iterable[exceptions.Misconfigured]:
    for name, options in sections.items():
        if any(value.startswith(_IDENTITY) for value in options.values()):
            yield _wrong(path, 'section [%s] believes whatever callers say'
                         ' they are' % name,
                         'remove it and what names it; it is for development'
                         ' servers alone')


def _flavor(conf: cfg.ConfigOpts, path: pathlib.Path,
            sections: dict[str, dict[str, str]],
            ) -> Iterable[exceptions.Misconfigured | str]:
    flavor = conf.paste_deploy.flavor
    app = conf.prog + ('-' + flavor if flavor else '')
    if app not in {name.partition(':')[2].strip() for name in sections}:
        yield exceptions.Misconfigured(
            '%s has no section [composite:%s]' % (path, app),
            option=_FLAVOR, value=flavor,
            remedy='name a flavor that the file has, such as keystone')
        return
    pipelines = sections.get('composite:api', {})
    pipeline = pipelines.get(flavor or 'default')
    if pipelines and pipeline is None:
        yield exceptions.Misconfigured(
            'section [composite:api] of %s has no such pipeline' % path,
            option=_FLAVOR, value=flavor or 'default',
            remedy='name one that it has, such as keystone')
    elif pipeline and _NOBODY in pipeline.split():
        yield ('%s = %s: callers have no identity there, so the default'
               ' policies answer 403 to everything below /v2/artifacts.'
               % (_FLAVOR, flavor or ''))
