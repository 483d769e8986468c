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

"""glance-artifacts-manage: what an operator does from the command line."""

from __future__ import annotations

import argparse
import sys

from oslo_config import cfg
from oslo_db import exception as db_exc
import sqlalchemy as sa

import glance_artifacts
from glance_artifacts.cmd import common
from glance_artifacts.cmd import config
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import db
from glance_artifacts.cmd import index
from glance_artifacts.cmd import keystone
from glance_artifacts.cmd import paste
from glance_artifacts.cmd import pool
from glance_artifacts.cmd import project
from glance_artifacts.cmd import purge
from glance_artifacts.cmd import quota
from glance_artifacts.cmd import smoke
from glance_artifacts.cmd import types
from glance_artifacts.cmd import verify
from glance_artifacts.cmd import worker
from glance_artifacts import exceptions

_GROUPS = (db, paste, config, types, pool, quota, keystone, index, purge,
           verify, project, worker, smoke)

load_conf = configuration.load


def main(argv: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    args = _parser().parse_args(argv)
    try:
        return args.run(args)
    except exceptions.Misconfigured as exc:
        return _fail(args, exc.detail)
    except common.CommandError as exc:
        return _fail(args, str(exc))
    except cfg.Error as exc:
        return _fail(args, ' '.join(str(exc).split()))
    except (db_exc.DBError, sa.exc.SQLAlchemyError) as exc:
        return _fail(args, 'The database does not answer: %s'
                     % str(exc).splitlines()[0])
    except KeyboardInterrupt:
        return _fail(args, 'interrupted')


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='glance-artifacts-manage',
        description='Manage the artifact repository of a glance-api, or of'
                    ' the standalone service.',
        epilog='Each command explains itself: COMMAND --help.')
    parser.add_argument('--version', action='version',
                        version=glance_artifacts.__version__)
    # a command for which 1 says something else has another
    parser.set_defaults(failed=1)
    _add_config(parser.add_mutually_exclusive_group())
    groups = parser.add_subparsers(metavar='COMMAND', required=True)
    for group in _GROUPS:
        group.add_parser(groups)
    return parser


def _add_config(group) -> None:
    group.add_argument(
        '--config-dir', metavar='DIR', dest='config',
        help='directory of glance-api.conf, or of a glance-artifacts.conf'
             ' (default: $OS_GLANCE_CONFIG_DIR, else /etc/glance)')
    group.add_argument(
        '--config-file', metavar='FILE', dest='config', action='append',
        help='read this file, and no other but those that are named so; one'
             ' whose name begins with glance-artifacts is that of the'
             ' standalone service'
             ' (default: $OS_GLANCE_ARTIFACTS_CONFIG_FILES, if it is set)')


def _fail(args: argparse.Namespace, message: str) -> int:
    print('glance-artifacts-manage: %s' % message, file=sys.stderr)
    return args.failed


if __name__ == '__main__':
    sys.exit(main())
