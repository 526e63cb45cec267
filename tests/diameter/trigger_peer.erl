%% SPDX-License-Identifier: Apache-2.0
%%
%% A SCS (Tsp) and a SMS-SC (T4) by erlang-diameter: a strict stack that nobody here wrote. Started by trigger.py as HOST REALM IWF-HOST IWF-REALM PORT
%% [CERTIFICATE KEY CA], then on standard input, with - for what is absent:
%%   dar ACTION REFERENCE OLD-REFERENCE EXTERNAL-ID MSISDN-HEX SCS PAYLOAD-HEX PORT PRIORITY VALIDITY
%%   drr IMSI SMEA-HEX OUTCOME REFERENCE
%%   result CODE       what DNRs and DTRs that come from now on are answered
%% What comes is printed, its codec's complaints with it.
-module(trigger_peer).
-behaviour(diameter_app).
-export([main/1]).
-export([peer_up/3, peer_down/3, pick_peer/4, prepare_request/3, prepare_retransmit/3, handle_answer/4, handle_error/4,
         handle_request/3]).
-include_lib("diameter/include/diameter.hrl").

-define(TGPP, 10415).
-define(TSP, 16777309).
-define(T4, 16777311).

main([Host, Realm, IwfHost, IwfRealm, Port | Files]) ->
    ok = application:start(crypto), ok = application:start(asn1), ok = application:start(public_key), ok = application:start(ssl),
    ok = diameter:start(),
    ets:new(state, [named_table, public]),
    ets:insert(state, {result, 2001}),
    ok = diameter:start_service(?MODULE, [
        {'Origin-Host', Host}, {'Origin-Realm', Realm}, {'Vendor-Id', 0}, {'Product-Name', "erlang"},
        {'Supported-Vendor-Id', [?TGPP]}, {'Auth-Application-Id', [?TSP]},
        {'Vendor-Specific-Application-Id', [[{'Vendor-Id', ?TGPP}, {'Auth-Application-Id', [?TSP]}],
                                            [{'Vendor-Id', ?TGPP}, {'Auth-Application-Id', [?T4]}]]},
        {string_decode, false}, {decode_format, map},
        {application, [{alias, tsp}, {dictionary, godwit_tsp}, {module, ?MODULE}, {answer_errors, callback}, {request_errors, callback}]},
        {application, [{alias, t4}, {dictionary, godwit_t4}, {module, ?MODULE}, {answer_errors, callback}, {request_errors, callback}]}]),
    {ok, _} = diameter:add_transport(?MODULE, {connect, [
        {transport_module, diameter_tcp}, {connect_timer, 1000}, {watchdog_timer, 6000}, {watchdog_config, [{okay, 1}]},
        {transport_config, [{raddr, {127,0,0,1}}, {rport, list_to_integer(Port)}, {reuseaddr, true} | tls(Files)]}]}),
    loop({Host, Realm, IwfHost, IwfRealm}).

tls([]) -> [];
%% true: the handshake comes first, as RFC 6733 2.1 has it; the options then stand beside it.
tls([Cert, Key, Ca]) -> [{ssl_options, true}, {certfile, Cert}, {keyfile, Key}, {cacertfile, Ca}, {verify, verify_peer},
                         {server_name_indication, disable}].

unhex(Text) -> binary:decode_hex(list_to_binary(Text)).
hex(B) -> string:lowercase(binary_to_list(binary:encode_hex(iolist_to_binary(B)))).
member(_, "-", _) -> #{};
member(Name, Text, Convert) -> #{Name => [Convert(Text)]}.
integer(Text) -> list_to_integer(Text).
merge(Maps) -> lists:foldl(fun(Map, Sum) -> maps:merge(Sum, Map) end, #{}, Maps).

envelope({Host, Realm, IwfHost, IwfRealm}) ->
    #{'Session-Id' => diameter:session_id(Host), 'Auth-Session-State' => 1, 'Origin-Host' => Host, 'Origin-Realm' => Realm,
      'Destination-Realm' => IwfRealm, 'Destination-Host' => [IwfHost]}.

loop(Names) ->
    case io:get_line("") of
        eof -> halt(0);
        Line ->
            command(string:lexemes(string:trim(Line), " "), Names),
            loop(Names)
    end.

command(["result", Code], _) -> ets:insert(state, {result, integer(Code)});
command(["dar", Action, Reference, Old, External, Msisdn, Scs, Payload, Port, Priority, Validity], Names) ->
    Data = case Payload of
        "-" -> #{};
        _ -> #{'Trigger-Data' => [merge([#{'Payload' => unhex(Payload)}, member('Application-Port-Identifier', Port, fun integer/1),
                                         member('Priority-Indication', Priority, fun integer/1)])]}
    end,
    What = merge([#{'Reference-Number' => integer(Reference), 'Action-Type' => integer(Action)}, Data,
                  member('Old-Reference-Number', Old, fun integer/1), member('External-Identifier', External, fun(T) -> T end),
                  member('MSISDN', Msisdn, fun unhex/1), member('SCS-Identity', Scs, fun(T) -> T end),
                  member('Validity-Time', Validity, fun integer/1)]),
    ask(tsp, ['DAR' | (envelope(Names))#{'Auth-Application-Id' => ?TSP, 'Device-Action' => [What]}]);
command(["drr", Imsi, Smea, Outcome, Reference], Names) ->
    Envelope = envelope(Names),
    ask(t4, ['DRR' | Envelope#{'Destination-Host' => hd(maps:get('Destination-Host', Envelope)), 'User-Identifier' => #{'User-Name' => [Imsi]},
                               'Vendor-Specific-Application-Id' => t4_application(), 'SM-RP-SMEA' => unhex(Smea),
                               'SM-Delivery-Outcome-T4' => integer(Outcome), 'Reference-Number' => [integer(Reference)]}]).

t4_application() -> [#{'Vendor-Id' => ?TGPP, 'Auth-Application-Id' => [?T4]}].

ask(Application, Message) -> ask(Application, Message, list_to_integer(os:getenv("PEER_TRIES"))).

%% Until the connection is there.
ask(Application, Message, Tries) ->
    case diameter:call(?MODULE, Application, Message, [{timeout, 60000}]) of
        {error, no_connection} when Tries > 0 -> timer:sleep(100), ask(Application, Message, Tries - 1);
        #diameter_packet{msg = [_ | Answer], errors = Errors} ->
            io:format("answer errors=~w result=~s~s~n", [length(Errors), result(Answer), notification(Answer)]);
        Other -> io:format("answer error=~0p~n", [Other])
    end.

result(#{'Result-Code' := [R]}) -> integer_to_list(R);
result(#{'Result-Code' := R}) when is_integer(R) -> integer_to_list(R);
result(#{'Experimental-Result' := [#{'Vendor-Id' := V, 'Experimental-Result-Code' := R}]}) ->
    integer_to_list(V) ++ "/" ++ integer_to_list(R);
result(_) -> "none".

notification(#{'Device-Notification' := [N]}) ->
    io_lib:format(" reference=~w action=~w status=~w outcome=~w device=~s scs=~s",
                  [maps:get('Reference-Number', N), maps:get('Action-Type', N), first('Request-Status', N), first('Delivery-Outcome', N),
                   text('External-Identifier', N), text('SCS-Identity', N)]);
notification(_) -> "".
first(Name, Map) -> case Map of #{Name := [Value]} -> Value; _ -> none end.
text(Name, Map) -> case Map of #{Name := [Value]} -> Value; _ -> "-" end.

handle_request(#diameter_packet{msg = [Name | Request], errors = Errors}, _, {_, Caps}) ->
    #diameter_caps{origin_host = {Host, _}, origin_realm = {Realm, _}} = Caps,
    [{result, Code}] = ets:lookup(state, result),
    show(Name, Request, Errors),
    Common = #{'Session-Id' => maps:get('Session-Id', Request), 'Auth-Session-State' => 1, 'Origin-Host' => Host, 'Origin-Realm' => Realm,
               'Result-Code' => [Code]},
    case Name of
        'DNR' -> {reply, ['DNA' | Common#{'Auth-Application-Id' => ?TSP}]};
        'DTR' -> {reply, ['DTA' | Common#{'Vendor-Specific-Application-Id' => t4_application()}]}
    end.

show('DNR', Request, Errors) -> io:format("dnr errors=~w~s~n", [length(Errors), notification(Request)]);
show('DTR', Request, Errors) ->
    #{'User-Identifier' := User, 'Payload' := Payload, 'SM-RP-SMEA' := Smea} = Request,
    io:format("dtr errors=~w imsi=~s smea=~s payload=~s reference=~w old=~w action=~w port=~w priority=~w validity=~w node=~0p~n",
              [length(Errors), text('User-Name', User), hex(Smea), hex(Payload), first('Reference-Number', Request),
               first('Old-Reference-Number', Request), first('Trigger-Action', Request), first('Application-Port-Identifier', Request),
               first('Priority-Indication', Request), first('Validity-Time', Request), first('Serving-Node', Request)]).

%% ---- diameter_app ----

peer_up(_, _, State) -> State.
peer_down(_, _, State) -> State.
pick_peer([Peer | _], _, _, _) -> {ok, Peer};
pick_peer([], _, _, _) -> false.
prepare_request(Packet, _, _) -> {send, Packet}.
prepare_retransmit(Packet, _, _) -> {send, Packet}.
handle_answer(Packet, _, _, _) -> Packet.
handle_error(Reason, _, _, _) -> {error, Reason}.
