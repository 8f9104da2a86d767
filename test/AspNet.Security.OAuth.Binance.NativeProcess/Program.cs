using AspNet.Security.OAuth.Binance;
using AspNet.Security.OAuth.Binance.NativeProcess;

// A process of a native application, for tests that start several or kill one. A line of input starts the command of its arguments, and its result
// is a line of output. It ends with its input, so that it does not outlive the test.
var (command, path) = (args[0], args[1]);
using var input = new StreamReader(Console.OpenStandardInput());  // Console.In reads synchronously.
await using var login = command is Commands.Token or Commands.SignOut
    ? new BinanceLogin(new()
    {
        ClientId = args[3],
        Endpoints = BinanceEndpoints.At(new Uri(args[2])),
        TokenStore = new AnnouncingStore(path),

        // A sign-out waits half of it for a running refresh.
        RevocationTimeout = TimeSpan.FromSeconds(1),
    })
    : null;

Console.WriteLine("ready");
if (await input.ReadLineAsync() is null)
{
    return;
}

try
{
    await RunAsync();
}
catch (BinanceAuthenticationException exception)
{
    Console.WriteLine(exception.Failure);
}

await input.ReadLineAsync();

async Task RunAsync()
{
    switch (command)
    {
        case Commands.Path:
            Console.WriteLine(FileTokenStore.ForApplication(path).FilePath);
            break;
        case Commands.Lock:
            // Not disposed: the end of the process releases it.
            await new AnnouncingStore(path).LockAsync(CancellationToken.None);
            break;
        case Commands.Write:
            await WriteAsync(new FileTokenStore(path));
            break;
        case Commands.Token:
            Console.WriteLine(Commands.Fingerprint(await login!.GetAccessTokenAsync()));
            break;
        case Commands.Open:
            await OpenAsync(new(path), args[2]);
            break;
        case Commands.SignOut:
            Console.WriteLine(await login!.SignOutAsync());
            break;
    }
}

async Task WriteAsync(FileTokenStore store)
{
    var end = input.ReadLineAsync();
    for (var number = 1; !end.IsCompleted; number++)
    {
        await store.WriteAsync(Commands.SessionOf(number), CancellationToken.None);
        Console.WriteLine(number);
    }
}

async Task OpenAsync(Uri address, string without)
{
    using var stop = new CancellationTokenSource();
    var end = EndAsync();
    var request = new BinanceBrowserRequest
    {
        Url = new("https://accounts.example/oauth/authorize?state=the-state"),
        LaunchUrl = address,
        RedirectUri = new("http://127.0.0.1:50000/signin-binance"),
    };
    var browser = without switch
    {
        "paste" => new SystemBrowser { WithoutBrowser = (shown, _) => Task.FromResult<Uri?>(new(shown == request ? "http://127.0.0.1/pasted" : "about:blank")) },
        "wait" => new SystemBrowser { WithoutBrowser = (_, _) => Task.FromResult<Uri?>(null) },
        _ => new SystemBrowser(),
    };
    try
    {
        Console.WriteLine($"opened, {await browser.OpenAsync(request, stop.Token) as object ?? "nothing"} returned");
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine("cancelled");
    }
    catch (BinanceAuthenticationException exception)
    {
        Console.WriteLine($"{exception.Failure}: {exception}".ReplaceLineEndings(" "));
    }

    await end;

    async Task EndAsync()
    {
        if (await input.ReadLineAsync() is not null)
        {
            await stop.CancelAsync();
        }
    }
}
