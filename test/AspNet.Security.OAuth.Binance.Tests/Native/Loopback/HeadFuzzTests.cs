using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Tests.Native.Loopback.Support;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;
using FsCheck;
using FsCheck.Fluent;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback;

/// <summary>
/// Generated requests to the port.
/// </summary>
public sealed partial class HeadFuzzTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Arbitrary<Edited<HeadDraft>> Cases { get; } = Edited<HeadDraft>.Cases(Gen.Constant("a callback with another state"), HeadDraft.Edits);

    [Fact]
    public async Task Only_the_callback_is_accepted_and_ends_the_sign_in()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var head = signIn.Get(LoopbackSignIn.Path + "?code=a-code&state=another", "Accept: text/html\r\nAccept-Language: en\r\n");

        await FuzzRun.HoldsAsync(
            Cases,
            async item =>
            {
                var response = await SendAsync(signIn, item.ApplyTo(new HeadDraft(head)).ToBytes());
                Assert.False(signIn.Session.IsCompleted);
                if (response.Length is 0)
                {
                    return "nothing";
                }

                var parts = Sound().Match(response);
                Assert.True(parts.Success, response);
                Assert.Equal(parts.Groups["length"].Value, $"{Encoding.UTF8.GetByteCount(parts.Groups["body"].Value)}");
                return parts.Groups["status"].Value;
            },
            ("400", 3000),
            ("404", 500),
            ("503", 20),
            ("nothing", 500));

        Assert.Equal(200, (await signIn.FinishAsync())?.Status);
        await signIn.SucceedsAsync();
    }

    // Shuts the sending side down, so that the listener does not wait for the rest of an incomplete head.
    private static async Task<string> SendAsync(LoopbackSignIn signIn, byte[] request)
    {
        using var connection = await signIn.ConnectAsync();
        using var reader = new StreamReader(connection.GetStream(), Encoding.UTF8);
        await reader.BaseStream.WriteAsync(request, Stop);
        connection.Client.Shutdown(SocketShutdown.Send);
        return await reader.ReadToEndAsync(Stop);
    }

    // The headers of every response and those of a page, so that no part of a request becomes a header.
    [GeneratedRegex(
        """
        ^HTTP/1\.1\ (?<status>400|404|431|503)\ [A-Za-z ]+\r\n
        (Content-Type:\ text/html;\ charset=utf-8\r\nContent-Language:\ (en|tr)\r\nContent-Security-Policy:\ [^\r\n]+\r\n)?
        Cache-Control:\ no-store\r\nReferrer-Policy:\ no-referrer\r\nX-Content-Type-Options:\ nosniff\r\n
        Content-Length:\ (?<length>\d+)\r\nConnection:\ close\r\n\r\n
        (?<body>.*)$
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline)]
    private static partial Regex Sound();
}
