"""The MCP endpoint: every action is a tool, and what it answers reads well."""

import http.client
import json
from urllib.parse import urlsplit

import pytest
from websockets.sync.client import connect

from tests.serving.servers import ask, environments, rpc
from webagents.actions import ACTIONS, parse
from webagents.actions.tools import called
from webagents.envs.showing import Standing, begun, moved

SHOP = "webshop-text"


@pytest.fixture(scope="module")
def shop():
    with environments(tasks=f"{SHOP},miniwob.click-test", sessions=4) as served:
        yield served


class Caller:
    """One who introduced itself, as MCP's clients do."""

    def __init__(self, served):
        self.address = urlsplit(served.url).netloc
        self.headers = {}
        told = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {}}
        _, reply, headers = self.ask("initialize", told)
        self.told = reply["result"]
        self.headers = {"Mcp-Session-Id": headers["Mcp-Session-Id"]}
        assert self.ask("notifications/initialized", number=None)[:2] == (202, None)

    def ask(self, method, params=None, number=1):
        told = {"jsonrpc": "2.0", "method": method, "params": params or {}}
        return self._send("POST", told if number is None else {**told, "id": number})

    def leave(self):
        return self._send("DELETE")[0]

    def call(self, name, **arguments):
        """The text of a tool's answer, and whether it is an error."""
        result = self.ask("tools/call", {"name": name, "arguments": arguments})[1]["result"]
        return result["content"][0]["text"], result["isError"]

    def _send(self, method, told=None):
        connection = http.client.HTTPConnection(self.address, timeout=30)
        body = None if told is None else json.dumps(told)
        connection.request(method, "/mcp", body, self.headers)
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        return reply.status, json.loads(text) if text else None, reply.headers


@pytest.fixture
def caller(shop):
    caller = Caller(shop)
    yield caller
    caller.leave()


# ---------------------------------------------------------------------- tools
def test_every_action_is_a_tool_with_typed_arguments(caller):
    tools = {tool["name"]: tool for tool in caller.ask("tools/list")[1]["result"]["tools"]}
    assert set(tools) == {"list_tasks", "reset", "observe", *ACTIONS}
    for name, signature in ACTIONS.items():
        assert tools[name]["description"] == signature.help
        schema = tools[name]["inputSchema"]
        assert list(schema["properties"]) == [each.name for each in signature.parameters]
        assert all(part["description"] for part in schema["properties"].values())
    assert tools["click"]["inputSchema"] == {
        "type": "object",
        "properties": {
            "ref": {"description": "The ref of an element of the page, as '5'.", "type": "string"},
            "button": {
                "description": "'left', 'middle' or 'right'.",
                "type": "string",
                "enum": ["left", "middle", "right"],
                "default": "left",
            },
            "modifiers": {
                "description": "A list of Alt, Control, ControlOrMeta, Meta, Shift.",
                "type": "array",
                "items": {
                    "type": "string",
                    "enum": ["Alt", "Control", "ControlOrMeta", "Meta", "Shift"],
                },
                "default": [],
            },
        },
        "required": ["ref"],
        "additionalProperties": False,
    }


def test_without_a_shop_there_are_no_tools_for_shops():
    with environments(tasks="miniwob.click-test") as served:
        names = {tool["name"] for tool in rpc(served, "tools/list")["result"]["tools"]}
    assert {"search", "choose"}.isdisjoint(names)
    assert "click" in names


EXAMPLES = {
    "string": "it's \"so\"\n(2) click('1')",
    "number": 3.5,
    "integer": 2,
    "array": ["red", "it's"],
}


@pytest.mark.parametrize("name", ACTIONS)
def test_a_call_that_fits_the_schema_is_that_action(name):
    signature = ACTIONS[name]
    arguments = {}
    for each in signature.parameters:
        schema = each.schema
        value = schema.get("enum", [EXAMPLES[schema["type"]]])[0]
        if "enum" in schema.get("items", {}):
            value = schema["items"]["enum"][:2]
        arguments[each.name] = "7" if each.name.endswith("ref") else value
    action = parse(called(name, arguments))
    assert (action.name, action.arguments) == (name, signature.read(arguments))


# ---------------------------------------------------------------------- an episode
def test_an_episode_is_played_with_tools(caller):
    assert caller.told["protocolVersion"] == "2025-06-18"
    assert "Call reset" in caller.told["instructions"]
    began, wrong = caller.call("reset", task=SHOP, seed=3)
    first, second, third, *_ = began.split("\n")
    assert (wrong, first[:13], second) == (False, "Instruction: ", "There are at most 50 steps.")
    assert third == "Address: http://webshop.test/1503"
    assert '<input ref="6"' in began
    moved_text, _ = caller.call("search", query="red")
    assert moved_text.startswith("Reward 0; 1 step of at most 50.\nAddress: ")
    assert "Instruction: " not in moved_text.partition("\n\n")[0]
    assert caller.call("observe")[0].startswith(f"{first}\nThere are")
    over, _ = caller.call("report_infeasible", reason="too dear")
    assert over == "The episode is over: it failed after 2 steps, with reward 0."
    told, wrong = caller.call("click", ref="1")
    assert (wrong, told) == (True, "no episode is in play; call reset() first")


def test_the_agents_mistakes_cost_a_step_and_are_told_with_the_page(caller):
    caller.call("reset", task=SHOP, seed=0)
    for name, arguments, error in (
        ("click", {"ref": "999"}, "Error: "),
        ("click", {}, "Error: click: 'ref' is missing; write click(ref"),
        ("click", {"ref": [1]}, "Error: click: 'ref' must be a ref such as '5', not [1]"),
        ("click", {"ref": "1", "nope": 1}, "Error: click: no parameter 'nope'"),
        ("click", {"x) click('6')": 1}, "Error: click: "),
        ("fill", {"ref": "6", "text": "x" * 30_000}, "Error: an action has at most 20000"),
    ):
        told, wrong = caller.call(name, **arguments)
        assert (told[: len(error)], wrong) == (error, False)
        assert "<body" in told
    assert "; 7 steps of at most 50." in caller.call("noop")[0]


def test_what_programs_want_to_know_is_in_meta(caller):
    caller.call("reset", task=SHOP, seed=3)
    asked = {"name": "search", "arguments": {"query": "red"}}
    result = caller.ask("tools/call", asked)[1]["result"]
    told = result["_meta"]["webagents"]
    expected = {"reward": 0.0, "done": False, "task": SHOP, "seed": 3, "step": 1}
    assert expected.items() <= told.items()
    assert told["info"]["success"] is False


def test_reset_goes_on_with_the_task_and_tells_what_is_wrong(caller):
    assert caller.call("observe") == ("no episode is in play; call reset first", True)
    assert caller.call("click", ref="5") == ("no episode is in play; call reset first", True)
    assert caller.call("reset", task="nope")[1]
    assert caller.call("reset", seed="x") == (
        "reset: arguments.seed: Input should be a valid integer",
        True,
    )
    told, wrong = caller.call("reset", settings={"pages": "/"})
    assert (wrong, told[:20]) == (True, "no setting 'pages' h")
    caller.call("reset", task=SHOP, seed=1)
    assert "http://webshop.test/1502" in caller.call("reset", seed=2)[0]
    assert caller.call("observe", more=1) == ("observe takes no arguments", True)


def test_tasks_are_listed(caller):
    sets, _ = caller.call("list_tasks")
    assert "\n* (2)\n" in sets
    assert caller.call("list_tasks", select="*")[0].split("\n") == ["miniwob.click-test", SHOP]
    told, wrong = caller.call("list_tasks", select="nope")
    assert wrong
    assert "nope" in told


def test_a_page_is_acted_on_and_shown_as_a_picture(caller):
    asked = {"name": "reset", "arguments": {"task": "miniwob.click-test", "screenshots": True}}
    shown, picture = caller.ask("tools/call", asked)[1]["result"]["content"]
    assert (picture["type"], picture["mimeType"]) == ("image", "image/png")
    ref = shown["text"].partition("<button")[2].partition('ref="')[2].partition('"')[0]
    over, wrong = caller.call("click", ref=ref)
    assert not wrong
    assert over == "The episode is over: it succeeded after 1 step, with reward 1."


# ---------------------------------------------------------------------- callers
def test_each_caller_plays_by_itself_and_leaves(shop):
    one, other = Caller(shop), Caller(shop)
    one.call("reset", task=SHOP, seed=0)
    assert other.call("observe")[1]
    other.call("reset", task=SHOP, seed=5)
    assert "webshop.test/1500" in one.call("noop")[0]
    assert (one.leave(), one.leave(), other.leave()) == (204, 404, 204)
    status, told, _ = one.ask("tools/list")
    assert (status, told["error"]["code"]) == (404, -32000)
    assert told["error"]["message"].endswith("initialize again")


def test_a_caller_that_timed_out_begins_again():
    with environments(tasks=SHOP, idle=0.1) as served:
        caller = Caller(served)
        began = caller.ask("tools/call", {"name": "reset"})[1]["result"]
        key = began["_meta"]["webagents"]["session"]
        with connect(f"{served.url.replace('http', 'ws', 1)}/ws?session={key}") as socket:
            assert json.loads(socket.recv(timeout=30))["data"]["kind"] == "SessionEnded"
        told, wrong = caller.call("noop")
        assert wrong
        assert told == (
            "the session is over: nothing was asked for 0.1 s; call reset to begin an episode"
        )
        assert not caller.call("reset", seed=0)[1]


def test_a_server_without_room_says_so(shop):
    callers = [Caller(shop) for _ in range(5)]
    told = [caller.call("reset", task=SHOP, seed=0) for caller in callers]
    assert [wrong for _, wrong in told] == [False] * 4 + [True]
    assert told[4][0].startswith("this server plays 4 sessions at once")
    assert {caller.leave() for caller in callers} == {204}


# ---------------------------------------------------------------------- JSON-RPC
def test_openenvs_clients_name_their_session_in_the_request(shop):
    key = rpc(shop, "openenv/session/create")["result"]
    begin = {"name": "reset", "arguments": {"task": SHOP, "seed": 0}, **key}
    assert not rpc(shop, "tools/call", begin)["result"]["isError"]
    act = {"name": "search", "arguments": {"query": "red"}, **key}
    assert "1 step" in rpc(shop, "tools/call", act)["result"]["content"][0]["text"]
    assert rpc(shop, "openenv/session/close", key)["result"]["closed"]
    assert rpc(shop, "tools/call", begin)["error"]["code"] == -32000


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({}, -32600),
        ("{", -32700),
        ("[]", -32700),
        ({"jsonrpc": "2.0", "method": "nope"}, -32601),
        ({"jsonrpc": "2.0", "method": "ping", "params": [1]}, -32602),
        ({"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "click"}}, -32602),
        ({"jsonrpc": "2.0", "method": "tools/call", "params": {"name": ["click"]}}, -32602),
        (
            {"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "click", "arguments": 1}},
            -32602,
        ),
        (
            {"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "noop", "session_id": 5}},
            -32602,
        ),
    ],
)
def test_what_is_no_json_rpc_is_told_in_its_own_way(shop, told, code):
    status, answer = ask(shop, "/mcp", told)
    assert (status, answer["jsonrpc"], answer["error"]["code"]) == (200, "2.0", code)


def test_there_is_no_stream_to_be_had(shop):
    assert ask(shop, "/mcp")[0] == 405


# ---------------------------------------------------------------------- what is shown
SEEN = {"instruction": "Click.", "html": "<body>", "url": "http://x/", "error": ""}


def test_a_beginning_tells_what_is_to_be_done():
    assert begun(SEEN, 10) == (
        "Instruction: Click.\nThere are at most 10 steps.\nAddress: http://x/\n\n<body>"
    )


@pytest.mark.parametrize(
    ("standing", "after", "told"),
    [
        (Standing(0.5, False, False, False, 2, 3), SEEN, "Reward 0.5; 2 steps of at most 3."),
        (
            Standing(0, False, False, False, 1, 3),
            {**SEEN, "error": "no ref 9"},
            "Error: no ref 9\nReward 0; 1 step of at most 3.",
        ),
        (
            Standing(0, False, False, False, 1, 3),
            {**SEEN, "instruction": "Now there."},
            "Reward 0; 1 step of at most 3.\nInstruction: Now there.",
        ),
    ],
)
def test_a_step_tells_what_came_of_it_and_shows_the_page(standing, after, told):
    assert moved(SEEN, after, standing) == f"{told}\nAddress: http://x/\n\n<body>"


def test_an_end_shows_no_page():
    assert moved(SEEN, SEEN, Standing(-1, True, False, False, 1, 3)) == (
        "The episode is over: it failed after 1 step, with reward -1."
    )
    assert moved(SEEN, {**SEEN, "error": "no ref 9"}, Standing(0, False, True, False, 3, 3)) == (
        "Error: no ref 9\nThe episode is over: it failed, for it has at most 3 steps."
    )


# ---------------------------------------------------------------------- MCP's own client
def test_mcps_own_client_plays(shop):
    mcp = pytest.importorskip("mcp")
    anyio = pytest.importorskip("anyio")

    async def played():
        async with mcp.Client(f"{shop.url}/mcp") as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
            began = await client.call_tool("reset", {"task": SHOP, "seed": 3})
            acted = await client.call_tool("search", {"query": "red"})
            wrong = await client.call_tool("click", {"ref": "999"})
            nothing = await client.call_tool("reset", {"task": "nope"})
            return names, began, acted, wrong, nothing

    names, began, acted, wrong, nothing = anyio.run(played)
    assert names == {"list_tasks", "reset", "observe", *ACTIONS}
    assert began.content[0].text.startswith("Instruction: ")
    assert acted.content[0].text.startswith("Reward 0; 1 step of at most 50.")
    assert wrong.content[0].text.startswith("Error: ")
    assert [each.is_error for each in (began, acted, wrong, nothing)] == [False] * 3 + [True]
    assert ask(shop, "/metrics")[1].split("\nwebagents_sessions ")[1].startswith("0.0")
