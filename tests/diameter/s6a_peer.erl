%% SPDX-License-Identifier: Apache-2.0
%%
%% S6a by erlang-diameter: a strict stack that nobody here wrote, at either end. Started by erlang_server.py and erlang_client.py.
%%   client HOST REALM PORT [CERT KEY CA]     then on standard input: air eutran|utran IMSI PLMN-HEX COUNT [RESYNC-HEX]
%%   server HOST REALM PORT                   prints "ready"; what it answers depends on the IMSI, see answer/2
%% Octets are printed in hex, errors of the codec as they are: a message that does not fit its grammar has some.
-module(s6a_peer).
-behaviour(diameter_app).
-export([main/1]).
-export([peer_up/3, peer_down/3, pick_peer/4, prepare_request/3, prepare_retransmit/3, handle_answer/4, handle_error/4,
         handle_request/3]).
-include_lib("diameter/include/diameter.hrl").

-define(APPLICATION, 16777251).
-define(TGPP, 10415).

main(["client", Host, Realm, Port | Tls]) ->
    start(Host, Realm),
    {ok, _} = diameter:add_transport(?MODULE, {connect, [
        {transport_module, diameter_tcp}, {connect_timer, 1000},
        {transport_config, [{raddr, {127,0,0,1}}, {rport, list_to_integer(Port)}, {reuseaddr, true} | tls(Tls)]}]}),
    loop(Host, Realm);
main(["server", Host, Realm, Port]) ->
    start(Host, Realm),
    {ok, _} = diameter:add_transport(?MODULE, {listen, [
        {transport_module, diameter_tcp},
        {transport_config, [{ip, {127,0,0,1}}, {port, list_to_integer(Port)}, {reuseaddr, true}]}]}),
    io:format("ready~n"),
    _ = io:get_line(""),
    diameter:stop_service(?MODULE),
    halt(0).

start(Host, Realm) ->
    ok = application:start(crypto), ok = application:start(asn1), ok = application:start(public_key), ok = application:start(ssl),
    ok = diameter:start(),
    ok = diameter:start_service(?MODULE, [
        {'Origin-Host', Host}, {'Origin-Realm', Realm}, {'Vendor-Id', 0}, {'Product-Name', "erlang"},
        {'Supported-Vendor-Id', [?TGPP]},
        {'Vendor-Specific-Application-Id', [[{'Vendor-Id', ?TGPP}, {'Auth-Application-Id', [?APPLICATION]}]]},
        {string_decode, false}, {decode_format, map},
        {application, [{alias, s6a}, {dictionary, godwit_s6a}, {module, ?MODULE}, {answer_errors, callback}]}]).

tls([]) -> [];
%% true: the handshake comes first, as RFC 6733 2.1 has it; the options then stand beside it.
tls([Cert, Key, Ca]) -> [{ssl_options, true}, {certfile, Cert}, {keyfile, Key}, {cacertfile, Ca}, {verify, verify_peer},
                         {server_name_indication, disable}].

%% ---- the client ----

loop(Host, Realm) ->
    case io:get_line("") of
        eof -> halt(0);
        Line ->
            case string:lexemes(string:trim(Line), " ") of
                ["quit"] -> diameter:stop_service(?MODULE), halt(0);
                ["air", Kind, Imsi, Plmn, Count | Resync] -> ask(Host, Realm, Kind, Imsi, Plmn, Count, Resync)
            end,
            loop(Host, Realm)
    end.

ask(Host, Realm, Kind, Imsi, Plmn, Count, Resync) ->
    Info = maps:merge(#{'Number-Of-Requested-Vectors' => [list_to_integer(Count)], 'Immediate-Response-Preferred' => [1]},
                      case Resync of [] -> #{}; [R] -> #{'Re-Synchronization-Info' => [binary:decode_hex(list_to_binary(R))]} end),
    Message = #{'Session-Id' => diameter:session_id(Host), 'Auth-Session-State' => 1, 'Origin-Host' => Host, 'Origin-Realm' => Realm,
                'Destination-Realm' => "home.example", 'User-Name' => Imsi, 'Visited-PLMN-Id' => binary:decode_hex(list_to_binary(Plmn)),
                requested(Kind) => [Info]},
    case call(['AIR' | Message], list_to_integer(os:getenv("PEER_TRIES"))) of
        #diameter_packet{msg = ['AIA' | Answer], errors = Errors} -> show(Answer, Errors);
        #diameter_packet{msg = ['answer-message' | Answer], errors = Errors} -> show(Answer, Errors);
        Other -> io:format("answer error=~p~n", [Other])
    end.

%% Until the connection is there.
call(Request, Tries) ->
    case diameter:call(?MODULE, s6a, Request, [{timeout, 60000}]) of
        {error, no_connection} when Tries > 0 -> timer:sleep(100), call(Request, Tries - 1);
        Answer -> Answer
    end.

requested("eutran") -> 'Requested-EUTRAN-Authentication-Info';
requested("utran") -> 'Requested-UTRAN-GERAN-Authentication-Info'.

show(Answer, Errors) ->
    io:format("answer errors=~p origin=~s result=~s", [length(Errors), maps:get('Origin-Host', Answer), result(Answer)]),
    [vector(V) || I <- maps:get('Authentication-Info', Answer, []),
                  V <- maps:get('E-UTRAN-Vector', I, []) ++ maps:get('UTRAN-Vector', I, [])],
    io:format("~n"),
    [io:format("codec error: ~p~n", [E]) || E <- Errors].

result(#{'Result-Code' := [R]}) -> integer_to_list(R);
result(#{'Result-Code' := R}) when is_integer(R) -> integer_to_list(R);
result(#{'Experimental-Result' := [#{'Vendor-Id' := V, 'Experimental-Result-Code' := R}]}) ->
    integer_to_list(V) ++ "/" ++ integer_to_list(R);
result(_) -> "none".

hex(B) -> string:lowercase(binary_to_list(binary:encode_hex(iolist_to_binary(B)))).

vector(V) ->
    [io:format(" ~s=~s", [Name, hex(maps:get(Avp, V))])
     || {Name, Avp} <- [{"rand", 'RAND'}, {"autn", 'AUTN'}, {"xres", 'XRES'}, {"kasme", 'KASME'}, {"ck", 'Confidentiality-Key'},
                        {"ik", 'Integrity-Key'}], maps:is_key(Avp, V)].

%% ---- the server ----

handle_request(#diameter_packet{msg = ['AIR' | Request], errors = Errors}, _, {_, Caps}) ->
    #diameter_caps{origin_host = {Host, _}, origin_realm = {Realm, _}} = Caps,
    #{'User-Name' := Imsi, 'Visited-PLMN-Id' := Plmn, 'Session-Id' := Session} = Request,
    {Kind, Info} = case Request of
        #{'Requested-EUTRAN-Authentication-Info' := [I]} -> {eutran, I};
        #{'Requested-UTRAN-GERAN-Authentication-Info' := [I]} -> {utran, I}
    end,
    io:format("request errors=~p imsi=~s plmn=~s kind=~p vectors=~p resync=~s~n",
              [Errors, Imsi, hex(Plmn), Kind, maps:get('Number-Of-Requested-Vectors', Info, []), hex(maps:get('Re-Synchronization-Info', Info, []))]),
    Head = #{'Session-Id' => Session, 'Auth-Session-State' => 1, 'Origin-Host' => Host, 'Origin-Realm' => Realm},
    case answer(lists:last(binary_to_list(iolist_to_binary(Imsi))), Kind) of
        discard -> discard;
        Body -> {reply, ['AIA' | maps:merge(Head, Body)]}
    end.

seq(From, N) -> << <<(X rem 256)>> || X <- lists:seq(From, From + N - 1) >>.

experimental(Code) -> #{'Experimental-Result' => [#{'Vendor-Id' => ?TGPP, 'Experimental-Result-Code' => Code}]}.

%% By the last digit of the IMSI.
answer($1, eutran) ->
    V = fun(N) -> #{'Item-Number' => [N], 'RAND' => seq(16 * N, 16), 'XRES' => seq(32, 8), 'AUTN' => seq(48, 16), 'KASME' => seq(64, 32)} end,
    #{'Result-Code' => [2001], 'Authentication-Info' => [#{'E-UTRAN-Vector' => [V(2), V(1)]}]};
answer($1, utran) ->
    #{'Result-Code' => [2001], 'Authentication-Info' => [#{'UTRAN-Vector' => [#{'RAND' => seq(16, 16), 'XRES' => seq(32, 4), 'AUTN' => seq(48, 16),
      'Confidentiality-Key' => seq(80, 16), 'Integrity-Key' => seq(96, 16)}]}]};
answer($2, _) -> experimental(5001);
answer($3, _) -> experimental(5004);
answer($4, _) -> experimental(4181);
answer($5, _) -> #{'Result-Code' => [5012]};
answer($6, _) -> #{'Result-Code' => [2001]};                     % success without a vector
answer($7, _) -> discard;
answer($8, _) -> #{'Result-Code' => [2001], 'Authentication-Info' => [#{'E-UTRAN-Vector' => [#{'RAND' => seq(16, 15), 'XRES' => seq(32, 8),
    'AUTN' => seq(48, 16), 'KASME' => seq(64, 32)}]}]};          % a RAND of 15 octets
answer(_, _) -> experimental(5420).

%% ---- diameter_app ----

peer_up(_, _, State) -> io:format("up~n"), State.
peer_down(_, _, State) -> io:format("down~n"), State.
pick_peer([Peer | _], _, _, _) -> {ok, Peer};
pick_peer([], _, _, _) -> false.
prepare_request(Packet, _, _) -> {send, Packet}.
prepare_retransmit(Packet, _, _) -> {send, Packet}.
handle_answer(Packet, _, _, _) -> Packet.
handle_error(Reason, _, _, _) -> {error, Reason}.
