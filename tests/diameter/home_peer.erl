%% SPDX-License-Identifier: Apache-2.0
%%
%% A MTC-IWF (S6m) and a serving node (Update Location) by erlang-diameter: a strict stack that nobody here wrote. Started by s6m.py as HOST REALM PORT, or
%% without any to decode alone; then on standard input, with - for what is absent:
%%   ulr IMSI PLMN-HEX RAT-TYPE FLAGS
%%   sir IMSI EXTERNAL-ID MSISDN-HEX SCS
%%   decode s6a|s6m HEX
%% Errors of the codec are counted and printed: a message that does not fit its grammar has some.
-module(home_peer).
-behaviour(diameter_app).
-export([main/1]).
-export([peer_up/3, peer_down/3, pick_peer/4, prepare_request/3, prepare_retransmit/3, handle_answer/4, handle_error/4,
         handle_request/3]).
-include_lib("diameter/include/diameter.hrl").

-define(TGPP, 10415).
-define(S6A, 16777251).
-define(S6M, 16777310).

main([]) ->
    loop({"", ""});
main([Host, Realm, Port]) ->
    ok = application:start(crypto), ok = application:start(asn1), ok = application:start(public_key), ok = application:start(ssl),
    ok = diameter:start(),
    ok = diameter:start_service(?MODULE, [
        {'Origin-Host', Host}, {'Origin-Realm', Realm}, {'Vendor-Id', 0}, {'Product-Name', "erlang"}, {'Supported-Vendor-Id', [?TGPP]},
        {'Vendor-Specific-Application-Id', [[{'Vendor-Id', ?TGPP}, {'Auth-Application-Id', [Id]}] || Id <- [?S6A, ?S6M]]},
        {string_decode, false}, {decode_format, map},
        {application, [{alias, s6a}, {dictionary, godwit_s6a}, {module, ?MODULE}, {answer_errors, callback}]},
        {application, [{alias, s6m}, {dictionary, godwit_s6m}, {module, ?MODULE}, {answer_errors, callback}]}]),
    {ok, _} = diameter:add_transport(?MODULE, {connect, [
        {transport_module, diameter_tcp}, {connect_timer, 1000},
        {transport_config, [{raddr, {127,0,0,1}}, {rport, list_to_integer(Port)}, {reuseaddr, true}]}]}),
    loop({Host, Realm}).

unhex(Text) -> binary:decode_hex(list_to_binary(Text)).
hex(B) -> string:lowercase(binary_to_list(binary:encode_hex(iolist_to_binary(B)))).

some("-") -> [];
some(Text) -> [Text].
some_octets("-") -> [];
some_octets(Text) -> [unhex(Text)].

loop(Names) ->
    case io:get_line("") of
        eof -> halt(0);
        Line -> do(string:lexemes(string:trim(Line), " "), Names), loop(Names)
    end.

do(["decode", Which, Hex], _) ->
    Packet = diameter_codec:decode(list_to_atom("godwit_" ++ Which), unhex(Hex)),
    io:format("answer errors=~p name=~p~n", [length(Packet#diameter_packet.errors), element(1, Packet#diameter_packet.msg)]),
    [io:format("codec error: ~p~n", [E]) || E <- Packet#diameter_packet.errors];
do(["ulr", Imsi, Plmn, Rat, Flags], Names) ->
    ask(s6a, ['ULR' | (head(?S6A, Names))#{'User-Name' => Imsi, 'Visited-PLMN-Id' => unhex(Plmn), 'RAT-Type' => list_to_integer(Rat),
                                           'ULR-Flags' => list_to_integer(Flags)}]);
do(["sir", Imsi, ExternalId, Msisdn, Scs], Names) ->
    User = #{'User-Name' => some(Imsi), 'External-Identifier' => some(ExternalId), 'MSISDN' => some_octets(Msisdn)},
    ask(s6m, ['SIR' | (head(?S6M, Names))#{'User-Identifier' => User, 'Service-ID' => [0], 'SCS-Identity' => some(Scs), 'SIR-Flags' => 1}]).

head(Application, {Host, Realm}) ->
    #{'Session-Id' => diameter:session_id(Host), 'Auth-Session-State' => 1, 'Origin-Host' => Host, 'Origin-Realm' => Realm, 'Destination-Realm' => Realm,
      'Vendor-Specific-Application-Id' => [#{'Vendor-Id' => ?TGPP, 'Auth-Application-Id' => [Application]}]}.

ask(Alias, Message) ->
    case call(Alias, Message, list_to_integer(os:getenv("PEER_TRIES"))) of
        #diameter_packet{msg = [_ | Answer], errors = Errors} ->
            io:format("answer errors=~p result=~s", [length(Errors), result(Answer)]),
            [io:format(" ula_flags=~p", [F]) || F <- maps:get('ULA-Flags', Answer, [])],
            [user(U) || U <- maps:get('User-Identifier', Answer, [])],
            [io:format(" nodes=~s", [string:join(nodes_of(D), ",")]) || S <- maps:get('Service-Data', Answer, []), D <- maps:get('T4-Data', S, [])],
            [io:format(" avp~p=~s", [Code, hex(Data)]) || #diameter_avp{code = Code, vendor_id = V, data = Data} <- maps:get('AVP', Answer, []), V =/= ?TGPP],
            io:format("~n"),
            [io:format("codec error: ~p~n", [E]) || E <- Errors];
        Other -> io:format("answer error=~p~n", [Other])
    end.

user(U) ->
    [io:format(" imsi=~s", [V]) || V <- maps:get('User-Name', U, [])],
    [io:format(" external_id=~s", [V]) || V <- maps:get('External-Identifier', U, [])],
    [io:format(" msisdn=~s", [hex(V)]) || V <- maps:get('MSISDN', U, [])].

nodes_of(Data) ->
    [binary_to_list(iolist_to_binary(Name)) || Node <- maps:get('Serving-Node', Data, []) ++ maps:get('Additional-Serving-Node', Data, []),
        Kind <- ['MME-Name', 'SGSN-Name'], Name <- maps:get(Kind, Node, [])].

call(Alias, Request, Tries) ->
    case diameter:call(?MODULE, Alias, Request, [{timeout, 60000}]) of
        {error, Why} when Tries > 0, (Why =:= no_connection) or (Why =:= failover) -> timer:sleep(100), call(Alias, Request, Tries - 1);
        Answer -> Answer
    end.

result(#{'Result-Code' := [R]}) -> integer_to_list(R);
result(#{'Experimental-Result' := [#{'Vendor-Id' := V, 'Experimental-Result-Code' := R}]}) ->
    integer_to_list(V) ++ "/" ++ integer_to_list(R);
result(_) -> "none".

%% ---- diameter_app ----

peer_up(_, _, State) -> State.
peer_down(_, _, State) -> State.
pick_peer([Peer | _], _, _, _) -> {ok, Peer};
pick_peer([], _, _, _) -> false.
prepare_request(Packet, _, _) -> {send, Packet}.
prepare_retransmit(Packet, _, _) -> {send, Packet}.
handle_answer(Packet, _, _, _) -> Packet.
handle_error(Reason, _, _, _) -> {error, Reason}.
handle_request(_, _, _) -> discard.
