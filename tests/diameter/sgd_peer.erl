%% SPDX-License-Identifier: Apache-2.0
%%
%% SGd by erlang-diameter, as a serving node: a strict stack that nobody here wrote. Started by sgd.py as HOST REALM PORT, then on standard input:
%% ofr IMSI CENTRE-HEX TPDU-HEX. What comes as TFR is printed and answered: 2001, but 5550 (absent) for each first one of a TPDU whose last octet is 0.
-module(sgd_peer).
-behaviour(diameter_app).
-export([main/1]).
-export([peer_up/3, peer_down/3, pick_peer/4, prepare_request/3, prepare_retransmit/3, handle_answer/4, handle_error/4,
         handle_request/3]).
-include_lib("diameter/include/diameter.hrl").

-define(TGPP, 10415).
-define(SGD, 16777313).

main([Host, Realm, Port]) ->
    ok = application:start(crypto), ok = application:start(asn1), ok = application:start(public_key), ok = application:start(ssl),
    ok = diameter:start(),
    ets:new(seen, [named_table, public]),
    ok = diameter:start_service(?MODULE, [
        {'Origin-Host', Host}, {'Origin-Realm', Realm}, {'Vendor-Id', 0}, {'Product-Name', "erlang"},
        {'Supported-Vendor-Id', [?TGPP]},
        {'Vendor-Specific-Application-Id', [[{'Vendor-Id', ?TGPP}, {'Auth-Application-Id', [?SGD]}]]},
        {string_decode, false}, {decode_format, map},
        {application, [{alias, sgd}, {dictionary, godwit_sgd}, {module, ?MODULE}, {answer_errors, callback}]}]),
    {ok, _} = diameter:add_transport(?MODULE, {connect, [
        {transport_module, diameter_tcp}, {connect_timer, 1000},
        {transport_config, [{raddr, {127,0,0,1}}, {rport, list_to_integer(Port)}, {reuseaddr, true}]}]}),
    loop(Host, Realm).

unhex(Text) -> binary:decode_hex(list_to_binary(Text)).
hex(B) -> string:lowercase(binary_to_list(binary:encode_hex(iolist_to_binary(B)))).
application() -> [#{'Vendor-Id' => ?TGPP, 'Auth-Application-Id' => [?SGD]}].

loop(Host, Realm) ->
    case io:get_line("") of
        eof -> halt(0);
        Line ->
            ["ofr", Imsi, Centre, Tpdu] = string:lexemes(string:trim(Line), " "),
            ask(['OFR' | #{'Session-Id' => diameter:session_id(Host), 'Auth-Session-State' => 1, 'Origin-Host' => Host, 'Origin-Realm' => Realm,
                           'Vendor-Specific-Application-Id' => application(), 'Destination-Realm' => Realm, 'SC-Address' => unhex(Centre),
                           'User-Identifier' => #{'User-Name' => [Imsi]}, 'SM-RP-UI' => unhex(Tpdu)}], list_to_integer(os:getenv("PEER_TRIES"))),
            loop(Host, Realm)
    end.

ask(Message, Tries) ->
    case diameter:call(?MODULE, sgd, Message, [{timeout, 60000}]) of
        {error, no_connection} when Tries > 0 -> timer:sleep(100), ask(Message, Tries - 1);
        #diameter_packet{msg = [_ | Answer], errors = Errors} ->
            Cause = [C || #{'SM-Enumerated-Delivery-Failure-Cause' := C} <- maps:get('SM-Delivery-Failure-Cause', Answer, [])],
            io:format("answer errors=~p result=~s cause=~p~n", [length(Errors), result(Answer), Cause]);
        Other -> io:format("answer error=~p~n", [Other])
    end.

result(#{'Result-Code' := [R]}) -> integer_to_list(R);
result(#{'Experimental-Result' := [#{'Vendor-Id' := V, 'Experimental-Result-Code' := R}]}) ->
    integer_to_list(V) ++ "/" ++ integer_to_list(R);
result(_) -> "none".

handle_request(#diameter_packet{msg = ['TFR' | Request], errors = Errors}, _, {_, Caps}) ->
    #diameter_caps{origin_host = {Host, _}, origin_realm = {Realm, _}} = Caps,
    #{'Session-Id' := Session, 'User-Name' := Imsi, 'SC-Address' := Centre, 'SM-RP-UI' := Tpdu, 'Destination-Host' := To} = Request,
    io:format("request errors=~p imsi=~s centre=~s tpdu=~s to=~s~n", [Errors, Imsi, hex(Centre), hex(Tpdu), To]),
    Absent = binary:last(iolist_to_binary(Tpdu)) =:= 0 andalso ets:insert_new(seen, {iolist_to_binary(Imsi)}),
    Result = case Absent of
        true -> #{'Experimental-Result' => [#{'Vendor-Id' => ?TGPP, 'Experimental-Result-Code' => 5550}]};
        false -> #{'Result-Code' => [2001]}
    end,
    {reply, ['TFA' | Result#{'Session-Id' => Session, 'Vendor-Specific-Application-Id' => application(), 'Auth-Session-State' => 1,
                             'Origin-Host' => Host, 'Origin-Realm' => Realm}]}.

%% ---- diameter_app ----

peer_up(_, _, State) -> State.
peer_down(_, _, State) -> State.
pick_peer([Peer | _], _, _, _) -> {ok, Peer};
pick_peer([], _, _, _) -> false.
prepare_request(Packet, _, _) -> {send, Packet}.
prepare_retransmit(Packet, _, _) -> {send, Packet}.
handle_answer(Packet, _, _, _) -> Packet.
handle_error(Reason, _, _, _) -> {error, Reason}.
