%% SPDX-License-Identifier: Apache-2.0
%%
%% Zh and Zn by erlang-diameter: a strict stack that nobody here wrote, at either end. Started by gaa.py.
%%   client HOST REALM PORT zh|zn    then on standard input: mar IMPI [RESYNC-HEX] | bir B-TID NAF-ID-HEX
%%   server HOST REALM PORT zh|zn    prints "ready"; what it answers is octets that count, but for what answer/3 says
%% Octets are printed in hex, errors of the codec as they are: a message that does not fit its grammar has some.
-module(gaa_peer).
-behaviour(diameter_app).
-export([main/1]).
-export([peer_up/3, peer_down/3, pick_peer/4, prepare_request/3, prepare_retransmit/3, handle_answer/4, handle_error/4,
         handle_request/3]).
-include_lib("diameter/include/diameter.hrl").

-define(TGPP, 10415).

main(["client", Host, Realm, Port, Which]) ->
    start(Host, Realm, Which),
    {ok, _} = diameter:add_transport(?MODULE, {connect, [
        {transport_module, diameter_tcp}, {connect_timer, 1000},
        {transport_config, [{raddr, {127,0,0,1}}, {rport, list_to_integer(Port)}, {reuseaddr, true}]}]}),
    loop(Host, Realm, application(Which));
main(["server", Host, Realm, Port, Which]) ->
    start(Host, Realm, Which),
    {ok, _} = diameter:add_transport(?MODULE, {listen, [
        {transport_module, diameter_tcp},
        {transport_config, [{ip, {127,0,0,1}}, {port, list_to_integer(Port)}, {reuseaddr, true}]}]}),
    io:format("ready~n"),
    _ = io:get_line(""),
    diameter:stop_service(?MODULE),
    halt(0).

application("zh") -> 16777221;
application("zn") -> 16777220.

start(Host, Realm, Which) ->
    ok = application:start(crypto), ok = application:start(asn1), ok = application:start(public_key), ok = application:start(ssl),
    ok = diameter:start(),
    ok = diameter:start_service(?MODULE, [
        {'Origin-Host', Host}, {'Origin-Realm', Realm}, {'Vendor-Id', 0}, {'Product-Name', "erlang"},
        {'Supported-Vendor-Id', [?TGPP]},
        {'Vendor-Specific-Application-Id', [[{'Vendor-Id', ?TGPP}, {'Auth-Application-Id', [application(Which)]}]]},
        {string_decode, false}, {decode_format, map},
        {application, [{alias, gaa}, {dictionary, list_to_atom("godwit_" ++ Which)}, {module, ?MODULE}, {answer_errors, callback}]}]).

unhex(Text) -> binary:decode_hex(list_to_binary(Text)).
hex(B) -> string:lowercase(binary_to_list(binary:encode_hex(iolist_to_binary(B)))).
seq(From, N) -> << <<(X rem 256)>> || X <- lists:seq(From, From + N - 1) >>.
unix(Time) -> calendar:datetime_to_gregorian_seconds(Time) - 62167219200.

%% ---- the client ----

loop(Host, Realm, Application) ->
    case io:get_line("") of
        eof -> halt(0);
        Line ->
            Head = #{'Session-Id' => diameter:session_id(Host), 'Auth-Session-State' => 1, 'Origin-Host' => Host, 'Origin-Realm' => Realm,
                     'Vendor-Specific-Application-Id' => #{'Vendor-Id' => ?TGPP, 'Auth-Application-Id' => [Application]},
                     'Destination-Realm' => Realm},
            case string:lexemes(string:trim(Line), " ") of
                ["mar", Impi] -> ask(['MAR' | Head#{'User-Name' => [Impi]}]);
                ["mar", Impi, Resync] ->
                    Item = #{'SIP-Authentication-Scheme' => ["Digest-AKAv1-MD5"], 'SIP-Authorization' => [unhex(Resync)]},
                    ask(['MAR' | Head#{'User-Name' => [Impi], 'SIP-Auth-Data-Item' => [Item]}]);
                ["bir", BTid, NafId] ->
                    Fixed = maps:remove('Auth-Session-State', Head),
                    ask(['BIR' | Fixed#{'Auth-Session-State' => [1], 'Transaction-Identifier' => BTid, 'NAF-Id' => unhex(NafId),
                                        'GAA-Service-Identifier' => ["42"], 'GBA-U-Awareness-Indicator' => [1]}])
            end,
            loop(Host, Realm, Application)
    end.

ask(Message) ->
    case call(Message, list_to_integer(os:getenv("PEER_TRIES"))) of
        #diameter_packet{msg = [_ | Answer], errors = Errors} ->
            io:format("answer errors=~p result=~s", [length(Errors), result(Answer)]),
            [io:format(" ~s=~s", [Name, hex(V)]) || {Name, Avp} <- octets(), V <- maps:get(Avp, Answer, [])],
            [io:format(" ~s=~s", [Name, hex(V)]) || I <- maps:get('SIP-Auth-Data-Item', Answer, []), {Name, Avp} <- octets(),
                                                  V <- maps:get(Avp, I, [])],
            [io:format(" impi=~s", [V]) || V <- maps:get('User-Name', Answer, [])],
            [io:format(" ~s=~p", [Name, unix(V)]) || {Name, Avp} <- [{"expires", 'Key-ExpiryTime'}, {"created", 'BootstrapInfoCreationTime'}],
                                                  V <- maps:get(Avp, Answer, [])],
            io:format("~n"),
            [io:format("codec error: ~p~n", [E]) || E <- Errors];
        Other -> io:format("answer error=~p~n", [Other])
    end.

octets() -> [{"authenticate", 'SIP-Authenticate'}, {"authorization", 'SIP-Authorization'}, {"ck", 'Confidentiality-Key'},
             {"ik", 'Integrity-Key'}, {"guss", 'GBA-UserSecSettings'}, {"me", 'ME-Key-Material'}, {"uicc", 'UICC-Key-Material'}].

call(Request, Tries) ->
    case diameter:call(?MODULE, gaa, Request, [{timeout, 60000}]) of
        {error, no_connection} when Tries > 0 -> timer:sleep(100), call(Request, Tries - 1);
        Answer -> Answer
    end.

result(#{'Result-Code' := [R]}) -> integer_to_list(R);
result(#{'Result-Code' := R}) when is_integer(R) -> integer_to_list(R);
result(#{'Experimental-Result' := [#{'Vendor-Id' := V, 'Experimental-Result-Code' := R}]}) ->
    integer_to_list(V) ++ "/" ++ integer_to_list(R);
result(_) -> "none".

%% ---- the server ----

handle_request(#diameter_packet{msg = [Name | Request], errors = Errors}, _, {_, Caps}) ->
    #diameter_caps{origin_host = {Host, _}, origin_realm = {Realm, _}} = Caps,
    #{'Session-Id' := Session, 'Vendor-Specific-Application-Id' := Application, 'Origin-Host' := From} = Request,
    Head = #{'Session-Id' => Session, 'Vendor-Specific-Application-Id' => Application, 'Origin-Host' => Host, 'Origin-Realm' => Realm},
    answer(Name, Head, Request#{errors => Errors, from => From}).

experimental(Code) -> #{'Experimental-Result' => [#{'Vendor-Id' => ?TGPP, 'Experimental-Result-Code' => Code}]}.

answer('MAR', Head, #{'User-Name' := [Impi]} = Request) ->
    Resync = [hex(V) || I <- maps:get('SIP-Auth-Data-Item', Request, []), V <- maps:get('SIP-Authorization', I, [])],
    io:format("request errors=~p impi=~s resync=~s~n", [maps:get(errors, Request), Impi, Resync]),
    Item = #{'SIP-Item-Number' => [1], 'SIP-Authentication-Scheme' => ["Digest-AKAv1-MD5"], 'SIP-Authenticate' => [seq(16, 32)],
             'SIP-Authorization' => [seq(64, 8)], 'Confidentiality-Key' => [seq(80, 16)], 'Integrity-Key' => [seq(96, 16)]},
    {reply, ['MAA' | maps:merge(Head#{'Auth-Session-State' => 1}, #{'Result-Code' => [2001], 'User-Name' => [Impi], 'SIP-Number-Auth-Items' => [1],
                                                                   'SIP-Auth-Data-Item' => [Item]})]};
%% A B-TID that begins with "AAAA" is not known, one that begins with "BBBB" is not for this NAF.
answer('BIR', Head, #{'Transaction-Identifier' := BTid, 'NAF-Id' := NafId} = Request) ->
    io:format("request errors=~p b_tid=~s naf_id=~s~n", [maps:get(errors, Request), BTid, hex(NafId)]),
    Later = calendar:gregorian_seconds_to_datetime(calendar:datetime_to_gregorian_seconds(calendar:universal_time()) + 3600),
    Body = case iolist_to_binary(BTid) of
        <<"AAAA", _/binary>> -> experimental(5403);
        <<"BBBB", _/binary>> -> experimental(5402);
        _ -> #{'Result-Code' => [2001], 'User-Name' => ["001010123456789@ims.mnc001.mcc001.3gppnetwork.org"], 'ME-Key-Material' => [seq(64, 32)],
               'Key-ExpiryTime' => [Later], 'BootstrapInfoCreationTime' => [calendar:universal_time()], 'GBA-Type' => [0]}
    end,
    {reply, ['BIA' | maps:merge(Head#{'Auth-Session-State' => [1]}, Body)]}.

%% ---- diameter_app ----

peer_up(_, _, State) -> io:format("up~n"), State.
peer_down(_, _, State) -> io:format("down~n"), State.
pick_peer([Peer | _], _, _, _) -> {ok, Peer};
pick_peer([], _, _, _) -> false.
prepare_request(Packet, _, _) -> {send, Packet}.
prepare_retransmit(Packet, _, _) -> {send, Packet}.
handle_answer(Packet, _, _, _) -> Packet.
handle_error(Reason, _, _, _) -> {error, Reason}.
