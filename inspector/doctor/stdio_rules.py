"""The names of what can be wrong with a command, each with one sentence: the table of docs/doctor.md.

The words stand in `--json` and in the docs, so they never change meaning. Those of a URL stand in
`inspector.doctor.http_rules`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType


class Rule(enum.StrEnum):
    """Causes."""

    # the line, the directory, the program
    DIRECTORY_MISSING = "directory-missing"
    DIRECTORY_IS_FILE = "directory-is-file"
    COMMAND_EMPTY = "command-empty"
    COMMAND_IS_ASSIGNMENT = "command-is-assignment"
    COMMAND_IS_URL = "command-is-url"
    COMMAND_NOT_EXPANDED = "command-not-expanded"
    COMMAND_LINE_IN_ONE_WORD = "command-line-in-one-word"
    COMMAND_PATH_MISSING = "command-path-missing"
    COMMAND_IS_SHELL_BUILTIN = "command-is-shell-builtin"
    COMMAND_IS_SHELL_ALIAS = "command-is-shell-alias"
    COMMAND_IS_FILE_HERE = "command-is-file-here"
    COMMAND_OF_WINDOWS = "command-of-windows"
    LAUNCHER_MISSING = "launcher-missing"
    PYTHON_MISSING = "python-missing"
    COMMAND_NOT_FOUND = "command-not-found"
    COMMAND_IS_DIRECTORY = "command-is-directory"
    COMMAND_NOT_EXECUTABLE = "command-not-executable"
    SHEBANG_MISSING = "shebang-missing"
    SHEBANG_CRLF = "shebang-crlf"
    SHEBANG_INTERPRETER_MISSING = "shebang-interpreter-missing"
    WRONG_ARCHITECTURE = "wrong-architecture"
    LOADER_MISSING = "loader-missing"
    CANNOT_START = "cannot-start"
    # interpreter and script
    SCRIPT_MISSING = "script-missing"
    SCRIPT_NOT_NAMED = "script-not-named"
    MODULE_IN_OTHER_ENVIRONMENT = "module-in-other-environment"
    MODULE_NOT_ON_PATH = "module-not-on-path"
    MODULE_MISSING = "module-missing"
    MODULE_SHADOWED = "module-shadowed"
    MODULE_HAS_NO_MAIN = "module-has-no-main"
    IMPORT_FAILED = "import-failed"
    SYNTAX_ERROR = "syntax-error"
    RUNTIME_TOO_OLD = "runtime-too-old"
    NODE_MODULE_TYPE = "node-module-type"
    NODE_RUNS_TYPESCRIPT = "node-runs-typescript"
    # what it says of itself
    VARIABLE_MISSING = "variable-missing"
    VARIABLE_REFUSED = "variable-refused"
    USAGE_ERROR = "usage-error"
    USAGE_PRINTED = "usage-printed"
    NODE_MODULE_MISSING = "node-module-missing"
    NPM_SCRIPT_MISSING = "npm-script-missing"
    PROJECT_MISSING = "project-missing"
    PACKAGE_NOT_FOUND = "package-not-found"
    PACKAGE_HAS_NO_COMMAND = "package-has-no-command"
    LAUNCHER_ASKS = "launcher-asks"
    DOWNLOAD_FAILED = "download-failed"
    INNER_COMMAND_MISSING = "inner-command-missing"
    VERSION_MANAGER = "version-manager"
    DOCKER_NOT_RUNNING = "docker-not-running"
    IMAGE_NOT_FOUND = "image-not-found"
    CONTAINER_NOT_INTERACTIVE = "container-not-interactive"
    CONTAINER_WANTS_TERMINAL = "container-wants-terminal"
    ADDRESS_IN_USE = "address-in-use"
    PERMISSION_DENIED = "permission-denied"
    FILE_MISSING = "file-missing"
    LIBRARY_MISSING = "library-missing"
    DISK_FULL = "disk-full"
    OUT_OF_MEMORY = "out-of-memory"
    NEEDS_TERMINAL = "needs-terminal"
    UPSTREAM_UNREACHABLE = "upstream-unreachable"
    UPSTREAM_CERTIFICATE = "upstream-certificate"
    CREDENTIALS_REFUSED = "credentials-refused"
    # standard output
    STDOUT_UTF16 = "stdout-utf16"
    STDOUT_HTML = "stdout-html"
    FRAMING_CONTENT_LENGTH = "framing-content-length"
    MESSAGE_NOT_JSON = "message-not-json"
    MESSAGE_GLUED = "message-glued"
    MESSAGE_OVER_LINES = "message-over-lines"
    STDOUT_CLOSED = "stdout-closed"
    # its end
    UNCAUGHT_EXCEPTION = "uncaught-exception"
    KILLED = "killed"
    CRASHED = "crashed"
    ENDED_BY_SIGNAL = "ended-by-signal"
    DAEMONIZED = "daemonized"
    NOT_A_SERVER = "not-a-server"
    EXITED_WITH_ERROR = "exited-with-error"
    # the handshake
    SERVES_HTTP = "serves-http"
    NO_COMMON_VERSION = "no-common-version"
    INITIALIZE_REFUSED = "initialize-refused"
    NEWLINE_MISSING = "newline-missing"
    ANSWERS_HELD_BACK = "answers-held-back"
    STDOUT_BUFFERED = "stdout-buffered"
    PROBE_HANGS = "probe-hangs"
    ASKS_QUESTION = "asks-question"
    COLD_START = "cold-start"
    STDIN_CLOSED = "stdin-closed"
    ECHO = "echo"
    WRONG_ID = "wrong-id"
    NOT_JSON_RPC = "not-json-rpc"
    STDOUT_TEXT = "stdout-text"
    SILENT_AFTER_ANSWER = "silent-after-answer"
    SILENT = "silent"
    # as a host starts it
    HOST_COMMAND_NOT_FOUND = "host-command-not-found"
    HOST_OTHER_COMMAND = "host-other-command"
    HOST_RELATIVE_PATH = "host-relative-path"
    HOST_VARIABLE_MISSING = "host-variable-missing"
    HOST_ENVIRONMENT = "host-environment"


MEANINGS: Mapping[Rule, str] = MappingProxyType(
    {
        Rule.DIRECTORY_MISSING: "The working directory does not exist.",
        Rule.DIRECTORY_IS_FILE: "The working directory is a file.",
        Rule.COMMAND_EMPTY: "The first word of the command is empty.",
        Rule.COMMAND_IS_ASSIGNMENT: "The line begins with `NAME=value`, which only a shell understands.",
        Rule.COMMAND_IS_URL: "A URL stands where a command is expected.",
        Rule.COMMAND_NOT_EXPANDED: "The command begins with `~` or holds `$NAME` or `%NAME%`, which "
        "only a shell replaces.",
        Rule.COMMAND_LINE_IN_ONE_WORD: "Command and arguments are quoted into one word.",
        Rule.COMMAND_PATH_MISSING: "The command is a path that does not exist.",
        Rule.COMMAND_IS_SHELL_BUILTIN: "The command is a word of the shell, such as `cd`.",
        Rule.COMMAND_IS_SHELL_ALIAS: "The command is an alias or a function of the person's shell.",
        Rule.COMMAND_IS_FILE_HERE: "The command is a file in the working directory, and not on `PATH`.",
        Rule.COMMAND_OF_WINDOWS: "The command is spelled as on Windows (`npx.cmd`, `cmd /c`), elsewhere.",
        Rule.LAUNCHER_MISSING: "`npx`, `uvx`, `docker`, `node` or another launcher is not installed.",
        Rule.PYTHON_MISSING: "There is no `python`, or only a `python3`.",
        Rule.COMMAND_NOT_FOUND: "No directory of `PATH` holds the command.",
        Rule.COMMAND_IS_DIRECTORY: "The command is a directory.",
        Rule.COMMAND_NOT_EXECUTABLE: "The file may not be executed.",
        Rule.SHEBANG_MISSING: "The script names no interpreter in its first line.",
        Rule.SHEBANG_CRLF: "The script's first line ends with a carriage return.",
        Rule.SHEBANG_INTERPRETER_MISSING: "The interpreter that the script's first line names does not "
        "exist.",
        Rule.WRONG_ARCHITECTURE: "The program was built for another system or processor.",
        Rule.LOADER_MISSING: "The program was built for another C library (glibc, musl).",
        Rule.CANNOT_START: "The system refused to start it for another reason.",
        Rule.SCRIPT_MISSING: "The script does not exist.",
        Rule.SCRIPT_NOT_NAMED: "An interpreter or a shell is started without a script, and takes "
        "messages for its program.",
        Rule.MODULE_IN_OTHER_ENVIRONMENT: "A Python module is missing, and another virtual environment "
        "has it.",
        Rule.MODULE_NOT_ON_PATH: "A Python module lies beside the server, and is not on Python's path.",
        Rule.MODULE_MISSING: "A Python module is not installed.",
        Rule.MODULE_SHADOWED: "A file of the server's has the name of a package that it imports.",
        Rule.MODULE_HAS_NO_MAIN: "`python -m` names a package, or `python` a directory, without `__main__`.",
        Rule.IMPORT_FAILED: "A package is installed in a version that does not fit.",
        Rule.SYNTAX_ERROR: "The interpreter cannot parse the server's code.",
        Rule.RUNTIME_TOO_OLD: "The server needs another version of Python, Node, Java or .NET.",
        Rule.NODE_MODULE_TYPE: "Node takes an ES module for CommonJS, or the other way round.",
        Rule.NODE_RUNS_TYPESCRIPT: "Node is asked to run TypeScript.",
        Rule.VARIABLE_MISSING: "Its error names an environment variable that is not set.",
        Rule.VARIABLE_REFUSED: "Its error names an environment variable that is set.",
        Rule.USAGE_ERROR: "It does not take the arguments that it is given.",
        Rule.USAGE_PRINTED: "It printed its usage and ended.",
        Rule.NODE_MODULE_MISSING: "A package or a file that Node needs is missing.",
        Rule.NPM_SCRIPT_MISSING: "`package.json` has no such script.",
        Rule.PROJECT_MISSING: "There is no `package.json` or `pyproject.toml` where it is looked for.",
        Rule.PACKAGE_NOT_FOUND: "The registry has no such package.",
        Rule.PACKAGE_HAS_NO_COMMAND: "The package has no command to start.",
        Rule.LAUNCHER_ASKS: "`npx` asks whether it may install the package.",
        Rule.DOWNLOAD_FAILED: "The launcher could not reach the registry.",
        Rule.INNER_COMMAND_MISSING: "A shell or launcher did not find the command that it was to run.",
        Rule.VERSION_MANAGER: "pyenv, asdf, mise, nvm or volta has no version for the directory.",
        Rule.DOCKER_NOT_RUNNING: "The docker daemon is not running.",
        Rule.IMAGE_NOT_FOUND: "There is no such image.",
        Rule.CONTAINER_NOT_INTERACTIVE: "`docker run` without `-i`: the container has no stdin.",
        Rule.CONTAINER_WANTS_TERMINAL: "`docker run -t`: there is no terminal.",
        Rule.ADDRESS_IN_USE: "It wants to listen on a port that is taken.",
        Rule.PERMISSION_DENIED: "It may not open something that it needs.",
        Rule.FILE_MISSING: "It opens a file that does not exist.",
        Rule.LIBRARY_MISSING: "A shared library is missing.",
        Rule.DISK_FULL: "The disk is full.",
        Rule.OUT_OF_MEMORY: "It ran out of memory.",
        Rule.NEEDS_TERMINAL: "It wants a terminal.",
        Rule.UPSTREAM_UNREACHABLE: "It cannot reach a database, an API, another service.",
        Rule.UPSTREAM_CERTIFICATE: "It cannot verify the certificate of something that it connects to.",
        Rule.CREDENTIALS_REFUSED: "A service behind it refuses its credentials.",
        Rule.STDOUT_UTF16: "It writes UTF-16.",
        Rule.STDOUT_HTML: "It writes a web page.",
        Rule.FRAMING_CONTENT_LENGTH: "It frames messages with `Content-Length`, as the Language Server "
        "Protocol does.",
        Rule.MESSAGE_NOT_JSON: "It writes messages as Python prints a dict.",
        Rule.MESSAGE_GLUED: "A message shares its line with other text, or with another message.",
        Rule.MESSAGE_OVER_LINES: "It lays a message out over several lines.",
        Rule.STDOUT_CLOSED: "It closed its stdout, and lives on.",
        Rule.UNCAUGHT_EXCEPTION: "It died of an error that it did not catch.",
        Rule.KILLED: "It was killed (SIGKILL), often for want of memory.",
        Rule.CRASHED: "It crashed in native code (SIGSEGV, SIGABRT, …).",
        Rule.ENDED_BY_SIGNAL: "Another signal ended it.",
        Rule.DAEMONIZED: "It went into the background.",
        Rule.NOT_A_SERVER: "It ended without an error: it does not wait on stdin.",
        Rule.EXITED_WITH_ERROR: "It ended with an exit code, for a reason that is not recognised.",
        Rule.SERVES_HTTP: "It serves HTTP, and not stdio.",
        Rule.NO_COMMON_VERSION: "Server and client have no version in common.",
        Rule.INITIALIZE_REFUSED: "It answers the handshake with an error.",
        Rule.NEWLINE_MISSING: "It does not end its messages with a newline.",
        Rule.ANSWERS_HELD_BACK: "Its answers come only when stdin is closed.",
        Rule.STDOUT_BUFFERED: "It does not flush its stdout (found by a further start).",
        Rule.PROBE_HANGS: "It hangs at `server/discover` and answers `initialize` (found by a further "
        "start).",
        Rule.ASKS_QUESTION: "It asks a question and waits for somebody to type.",
        Rule.COLD_START: "`npx`, `uvx` or `docker` is still fetching what it is to run; it is no hang.",
        Rule.STDIN_CLOSED: "It closed its stdin, and lives on.",
        Rule.ECHO: "It gives back what it is sent.",
        Rule.WRONG_ID: "It answers with ids that were never sent.",
        Rule.NOT_JSON_RPC: "It writes JSON that is no JSON-RPC.",
        Rule.STDOUT_TEXT: "It writes text on stdout, and never a message.",
        Rule.SILENT_AFTER_ANSWER: "It answered once, and then no more.",
        Rule.SILENT: "It lives, and says nothing.",
        Rule.HOST_COMMAND_NOT_FOUND: "The command is on the person's `PATH`, and not on a host's.",
        Rule.HOST_OTHER_COMMAND: "A host finds another program of that name.",
        Rule.HOST_RELATIVE_PATH: "A path of the command is relative, and a host starts servers elsewhere.",
        Rule.HOST_VARIABLE_MISSING: "A variable is set in the person's shell, and a host does not hand "
        "it on.",
        Rule.HOST_ENVIRONMENT: "It works in the person's shell and not as a host starts it, for another "
        "reason.",
    }
)
"""What each means, in Markdown."""
