// The code stands here as a reader would write it.
#pragma warning disable xUnit1051, CA1001, CA1859
using System.ComponentModel;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The pieces of docs/native.md for the application itself, run against the emulator. Lines that would open a browser of this machine are compiled only.
/// </summary>
public sealed class NativeExamples : IAsyncLifetime
{
    private const string AppRedirectUri = "com.example.app:/signin-binance";

    private BinanceEmulator _binance = null!;

    public async ValueTask InitializeAsync()
    {
        _binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        _binance.Clients.Add(new() { ClientId = "…", RedirectUris = [AppRedirectUri, "http://127.0.0.1/signin-binance"], AllowAnyLoopbackPort = true });
    }

    public ValueTask DisposeAsync() => _binance.DisposeAsync();

    [Fact]
    public async Task Browser_of_a_test_signs_in()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true);
        await using var login = new BinanceLogin(new()
        {
            ClientId = BinanceEmulatorDefaults.PublicClientId,
            Endpoints = BinanceEndpoints.At(binance.BaseAddress),
            Browser = new TestBrowser(),
        });

        var session = await login.SignInAsync(cancellationToken);

        Assert.Equal(BinanceEmulatorDefaults.UserId, session.User.UserId);
    }

    [Fact]
    public async Task View_model_signs_in_and_out()
    {
        await using var provider = DesktopApplication(new TestBrowser());
        var account = new AccountViewModel(provider.GetRequiredService<BinanceLogin>());
        List<string?> changes = [];
        account.PropertyChanged += (_, change) => changes.Add(change.PropertyName);

        await account.SignInAsync();
        Assert.Equal((BinanceEmulatorDefaults.UserId, null), (account.UserId, account.Problem));

        await account.SignOutAsync();
        Assert.Null(account.UserId);
        Assert.Equal([null, null], changes);
        Assert.Empty(_binance.Tokens.AccessTokens);
    }

    [Fact]
    public async Task View_model_shows_why_a_sign_in_failed_and_no_message_when_it_was_cancelled_there()
    {
        await using var provider = DesktopApplication(new WaitingBrowser());
        var account = new AccountViewModel(provider.GetRequiredService<BinanceLogin>());

        var first = account.SignInAsync();
        await account.SignInAsync();
        Assert.Equal("Please finish the sign-in in your browser.", account.Problem);

        await using var other = DesktopApplication(new WaitingBrowser());
        var cancelled = new AccountViewModel(other.GetRequiredService<BinanceLogin>());
        var signIn = cancelled.SignInAsync();
        cancelled.CancelSignIn();
        await signIn;
        Assert.Equal((null, null), (cancelled.UserId, cancelled.Problem));

        await provider.DisposeAsync();
        await first;
    }

    [Fact]
    public async Task Phone_signs_in_and_keeps_the_session()
    {
        var phone = new StandInPhone();
        await using (var login = Mobile(new MauiBrowser(phone), new SecureTokenStore(phone)))
        {
            await login.SignInAsync();
            Assert.Equal("com.example.app", _binance.Requests.To(EmulatorEndpoint.Authorize)[0].Query["bundleID"]);
        }

        await using var restarted = Mobile(new MauiBrowser(phone), new SecureTokenStore(phone));
        Assert.Equal(BinanceEmulatorDefaults.UserId, (await restarted.GetSessionAsync())?.User.UserId);

        await restarted.SignOutAsync();
        Assert.Empty(phone.Values);
    }

    [Fact]
    public async Task Phone_completes_a_sign_in_after_the_app_was_ended()
    {
        var phone = new StandInPhone();
        Uri callback;
        await using (var login = Mobile(new WaitingBrowser(), new SecureTokenStore(phone)))
        {
            callback = await BeginAsync(login, phone);
        }

        await using var restarted = Mobile(new WaitingBrowser(), new SecureTokenStore(phone));
        await CompleteAsync(restarted, phone, callback);

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await restarted.GetSessionAsync())?.User.UserId);
        Assert.DoesNotContain("binance-sign-in", phone.Values.Keys);
    }

    [Fact]
    public async Task Services_of_a_phone_are_used()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IBinanceBrowser>(new MauiBrowser(WebAuthenticator.Default));
        services.AddSingleton<IBinanceTokenStore>(new SecureTokenStore(SecureStorage.Default));
        services.AddBinanceLogin(options =>
        {
            options.ClientId = "…";
            options.RedirectUri = "com.example.app:/signin-binance";
            options.AdditionalAuthorizationParameters["bundleID"] = "com.example.app";
        });
        services.Configure<BinanceLoginOptions>(options => options.Endpoints = BinanceEndpoints.At(_binance.BaseAddress));
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        await provider.GetRequiredService<BinanceLogin>().SignInAsync();

        Assert.NotNull(await SecureStorage.Default.GetAsync("binance-session"));
    }

    private static async Task<Uri> BeginAsync(BinanceLogin login, ISecureStorage storage)
    {
        var browser = new PhoneBrowser();

        var pending = login.BeginSignIn();
        await storage.SetAsync("binance-sign-in", pending.Serialize());
        await browser.OpenAsync(pending.Url);

        return browser.Callback!;
    }

    private static async Task CompleteAsync(BinanceLogin login, ISecureStorage storage, Uri callback)
    {
        // Where the application is started, or resumed, with the callback.
        if (await storage.GetAsync("binance-sign-in") is { } text)
        {
            var session = await login.CompleteSignInAsync(BinancePendingSignIn.Deserialize(text), callback);
            storage.Remove("binance-sign-in");
        }
    }

#pragma warning disable IDE0051
    private static async Task LinesOfThePageAsync(CancellationToken cancellationToken)
    {
        await using var login = new BinanceLogin(new() { ClientId = "…", Scope = { "user:openId", "user:email" } });
        var session = await login.SignInAsync(cancellationToken);      // opens the system's browser
        Console.WriteLine(session.User.UserId);
        using var api = login.CreateHttpClient(new Uri("https://api.example.com"));   // current token, that origin only
        await login.SignOutAsync(cancellationToken);                   // revokes
    }

    private static async Task LinesOfAConsoleAsync(CancellationToken cancellationToken)
    {
        await using var login = new BinanceLogin(new()
        {
            ClientId = "…",
            TokenStore = FileTokenStore.ForApplication("my-tool"),
            Browser = new SystemBrowser { WithoutBrowser = PasteAsync },
        });

        var session = await login.GetSessionAsync(cancellationToken) ?? await login.SignInAsync(cancellationToken);

        static async Task<Uri?> PasteAsync(BinanceBrowserRequest request, CancellationToken cancellationToken)
        {
            Console.WriteLine($"Open {request.Url.AbsoluteUri}");
            Console.WriteLine("Paste the address at which the browser ends, or press Enter if it says that you are signed in:");
            return Uri.TryCreate(await Console.In.ReadLineAsync(cancellationToken), UriKind.Absolute, out var address) ? address : null;
        }
    }

    private static async Task LinesOfAnApiAsync(BinanceLogin login, CancellationToken cancellationToken)
    {
        using var api = login.CreateHttpClient(new Uri("https://api.example.com"));
        try
        {
            var prices = await api.GetStringAsync("prices", cancellationToken);
        }
        catch (BinanceAuthenticationException exception) when (exception.Failure is BinanceFailure.NotSignedIn or BinanceFailure.InvalidGrant)
        {
            await login.SignInAsync(cancellationToken);
        }
    }
#pragma warning restore IDE0051

    private ServiceProvider DesktopApplication(IBinanceBrowser browser)
    {
        var services = new ServiceCollection();
        services.AddBinanceLogin(options =>
        {
            options.ClientId = "…";
            options.TokenStore = FileTokenStore.ForApplication("My Application");
        });
        services.Configure<BinanceLoginOptions>(options =>
        {
            options.Browser = browser;
            options.TokenStore = null;
            options.Endpoints = BinanceEndpoints.At(_binance.BaseAddress);
        });
        return services.BuildServiceProvider();
    }

    private BinanceLogin Mobile(IBinanceBrowser browser, IBinanceTokenStore store) => new(new()
    {
        ClientId = "…",
        RedirectUri = AppRedirectUri,
        AdditionalAuthorizationParameters = { ["bundleID"] = "com.example.app" },
        Endpoints = BinanceEndpoints.At(_binance.BaseAddress),
        Browser = browser,
        TokenStore = store,
    });

    public sealed class AccountViewModel(BinanceLogin login) : INotifyPropertyChanged
    {
        private CancellationTokenSource? _signIn;

        public event PropertyChangedEventHandler? PropertyChanged;

        public string? UserId { get; private set; }

        public string? Problem { get; private set; }

        public async Task SignInAsync()
        {
            using var signIn = _signIn = new();
            try
            {
                var session = await login.SignInAsync(signIn.Token);
                (UserId, Problem) = (session.User.UserId, null);
            }
            catch (OperationCanceledException)
            {
                Problem = null;
            }
            catch (BinanceAuthenticationException exception)
            {
                Problem = exception.Failure switch
                {
                    BinanceFailure.Cancelled => "You cancelled the sign-in.",
                    BinanceFailure.Abandoned => "The sign-in was not finished. Please try again.",
                    BinanceFailure.SignInInProgress => "Please finish the sign-in in your browser.",
                    BinanceFailure.Unavailable or BinanceFailure.Timeout => "Binance cannot be reached. Please try again in a few minutes.",
                    _ => exception.Message,
                };
            }

            _signIn = null;
            PropertyChanged?.Invoke(this, new(null));
        }

        public void CancelSignIn() => _signIn?.Cancel();

        public async Task SignOutAsync()
        {
            await login.SignOutAsync();
            UserId = null;
            PropertyChanged?.Invoke(this, new(null));
        }
    }

    public sealed class MauiBrowser(IWebAuthenticator authenticator) : IBinanceBrowser
    {
        public async Task<Uri?> OpenAsync(BinanceBrowserRequest request, CancellationToken cancellationToken)
        {
            var result = await authenticator.AuthenticateAsync(new WebAuthenticatorOptions { Url = request.Url, CallbackUrl = request.RedirectUri }, cancellationToken);
            return result.CallbackUri;
        }
    }

    public sealed class SecureTokenStore(ISecureStorage storage) : IBinanceTokenStore
    {
        private const string Key = "binance-session";

        public async ValueTask<string?> ReadAsync(CancellationToken cancellationToken) => await storage.GetAsync(Key);

        public async ValueTask WriteAsync(string session, CancellationToken cancellationToken) => await storage.SetAsync(Key, session);

        public ValueTask DeleteAsync(CancellationToken cancellationToken)
        {
            storage.Remove(Key);
            return default;
        }
    }

    internal sealed class TestBrowser : IBinanceBrowser
    {
        public async Task<Uri?> OpenAsync(BinanceBrowserRequest request, CancellationToken cancellationToken)
        {
            using var browser = new HttpClient();
            await browser.GetAsync(request.Url, cancellationToken);
            return null;
        }
    }

    private sealed class WaitingBrowser : IBinanceBrowser
    {
        public async Task<Uri?> OpenAsync(BinanceBrowserRequest request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return null;
        }
    }

    private sealed class PhoneBrowser : IBrowser
    {
        public Uri? Callback { get; private set; }

        public async Task OpenAsync(Uri uri) => Callback = await StandInPhone.BrowseAsync(uri);
    }
}
