using AspNet.Security.OAuth.Binance;
using SampleNative;

const int Ok = 0, Failed = 1, WrongUsage = 2, CancelledByCtrlC = 130;

// The texts of this program and the pages of Binance are in the user's language.
UserLanguage.Apply();

// Ctrl+C cancels the current operation, so that everything is closed. A second one ends the process.
using var ctrlC = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = !ctrlC.IsCancellationRequested;
    ctrlC.Cancel();
};

try
{
    return await RunAsync(Arguments.Parse(args), ctrlC.Token);
}
catch (UsageException exception)
{
    Screen.Error($"{exception.Message}\n\n{Help.Current}");
    return WrongUsage;
}
catch (OperationCanceledException) when (ctrlC.IsCancellationRequested)
{
    Screen.Error(Text.Of($"Cancelled."));
    return CancelledByCtrlC;
}
catch (Exception exception) when (Failures.Explain(exception) is { } sentences)
{
    Screen.Error(sentences);
    return Failed;
}

static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
{
    if (arguments.ShowsHelp)
    {
        Screen.Write(Help.Current);
        return Ok;
    }

#if DEBUG
    // A server to sign in at, for a developer who has no client id. The published program has none.
    await using var emulator = arguments.ClientId is null ? await DevelopmentEmulator.StartAsync(arguments, cancellationToken) : null;
    var server = emulator?.Server ?? Server.Of(arguments);
#else
    var server = Server.Of(arguments);
#endif

    // "Login with Binance".
    await using var login = new BinanceLogin(new()
    {
        ClientId = server.ClientId,
        Scope = { "user:email" },
        RedirectUri = arguments.RedirectUri,
        Endpoints = server.Endpoints,
        Locale = Text.IsTurkish ? "tr" : null,
        Browser = new TerminalBrowser(arguments.IsHeadless),
        TokenStore = server.TokenStore,
    });

    var session = await login.GetSessionAsync(cancellationToken);
    if (arguments.SignsOut)
    {
        return session is null ? NotSignedIn() : SignedOut(await login.SignOutAsync(cancellationToken));
    }

    if (session is not null)
    {
        Screen.Write(Text.Of($"Still signed in."), Screen.Success);
    }
    else
    {
        Screen.Write($"{server.Introduction}\n");
        session = await login.SignInAsync(cancellationToken);
        Screen.Write(Text.Of($"\nSigned in."), Screen.Success);
    }

    Screen.Field(Text.Of($"User"), session.User.UserId);
    Screen.Field(Text.Of($"E-mail"), session.User.Email ?? Text.Of($"none"));
    Screen.Field(Text.Of($"Access token"), session.AccessTokenExpiresAt is { } expiry
        ? Text.Of($"good for {ReadableTime.Until(expiry)}, then refreshed")
        : Text.Of($"refreshed when it expires"));

    // An API of your own is called in the same way: with the user's access token, refreshed if it is about to expire.
    using var api = login.CreateHttpClient(server.Endpoints.UserInformation);
    var userId = await new AccountApi(api).GetUserIdAsync(cancellationToken);
    Screen.Field(Text.Of($"API call"), Text.Of($"Binance's user-info returned {userId}"));

    Screen.Write($"\n{arguments.WhatNext}");
    return Ok;
}

static int NotSignedIn()
{
    Screen.Write(Text.Of($"You are not signed in."));
    return Ok;
}

static int SignedOut(bool isRevoked)
{
    if (isRevoked)
    {
        Screen.Write(Text.Of($"Signed out. Binance confirmed that the token is revoked."), Screen.Success);
        return Ok;
    }

    Screen.Error(Text.Of($"Signed out here, but Binance did not confirm that the token is revoked. It is good until it expires."));
    return Failed;
}
