using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Contenders;

/// <summary>
/// A site with a sign-in cookie and one contender's login. Everything else is the same for all contenders: data protection, no log
/// provider, cookie settings, pages.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    /// <summary>The same name for all contenders, because it is part of the cookie.</summary>
    public const string Scheme = BinanceAuthenticationDefaults.AuthenticationScheme;

    public const string LoginPath = "/login";
    public const string LogoutPath = "/logout";
    public const string CallbackPath = "/signin-binance";
    public const string UserPath = "/user";

    // Shared, so that all contenders can read the same cookie.
    private static readonly IDataProtectionProvider _keys = new EphemeralDataProtectionProvider();

    private readonly WebApplication _app;

    private Site(WebApplication app) => (_app, Pipeline) = (app, BuildPipeline(app));

    public RequestDelegate Pipeline { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address => new(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static Site Create(Contender contender, Server server, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddLogging();
        builder.Services.AddDataProtection();
        builder.Services.AddSingleton(_keys);
        builder.Services.AddSingleton(server).AddSingleton<Floor>();
        configure?.Invoke(builder.Services);
        AddLogin(builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(), contender, server);
        var app = builder.Build();
        if (contender is Contender.Floor)
        {
            app.Run(app.Services.GetRequiredService<Floor>().ServeAsync);
        }
        else
        {
            app.UseAuthentication();
            app.Run(ServeAsync);
        }

        return new(app);
    }

    /// <summary>Listens on a port of 127.0.0.1.</summary>
    public static async Task<Site> StartAsync(Contender contender, Server server)
    {
        var site = Create(contender, server);
        await site._app.StartAsync();
        return site;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // As the host does it: the startup filters are in front of the application.
    private static RequestDelegate BuildPipeline(WebApplication app)
    {
        var application = ((IApplicationBuilder)app).Build();
        Action<IApplicationBuilder> configure = builder => builder.Run(application);
        foreach (var filter in app.Services.GetServices<IStartupFilter>().Reverse())
        {
            configure = filter.Configure(configure);
        }

        var builder = new ApplicationBuilder(app.Services);
        configure(builder);
        return builder.Build();
    }

    private static void AddLogin(AuthenticationBuilder authentication, Contender contender, Server server)
    {
        switch (contender)
        {
            case Contender.Recipe:
                authentication.AddOAuth(Scheme, options => Recipe.Configure(options, server));
                break;
            case Contender.Google:
                authentication.AddGoogle(Scheme, options => GoogleOnBinance.Configure(options, server));
                break;
            case Contender.Ours:
                AddBinance(authentication, server);
                break;
            case Contender.OnServer:
                AddBinance(authentication, server).AddBinanceServerSessions();
                break;
        }
    }

    private static AuthenticationBuilder AddBinance(AuthenticationBuilder authentication, Server server) => authentication.AddBinance(options =>
    {
        options.UseServer(server.Address);
        options.ClientId = BinanceEmulatorDefaults.ClientId;
        options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
        options.BackchannelHttpHandler = server.Backchannel;
    });

    private static Task ServeAsync(HttpContext context)
    {
        if (context.Request.Path == LoginPath)
        {
            return context.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = UserPath });
        }

        if (context.Request.Path == LogoutPath && HttpMethods.IsPost(context.Request.Method))
        {
            return context.SignOutAsync();
        }

        context.Response.StatusCode = context.User.Identity is { IsAuthenticated: true } ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
