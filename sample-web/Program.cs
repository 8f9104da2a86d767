using AspNet.Security.OAuth.Binance;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using SampleWeb.Hosting;
using SampleWeb.Localization;

try
{
    var builder = WebApplication.CreateBuilder(args);
    StartupProblem.KeepOutOf(builder.Logging);

    // A server to sign in at, for a developer who has no credentials. Everywhere else this is null.
    await using var emulator = await builder.StartDevelopmentEmulatorAsync();

    var authentication = builder.Services
        .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
        .AddCookie(options =>
        {
            options.LoginPath = "/account/login";
            options.Cookie.Protect("SampleWeb", builder.Environment);
        })
        .AddBinance(options =>
        {
            // ClientId and ClientSecret come from the configuration: Authentication:Schemes:Binance.
            options.Scope.Add(BinanceAuthenticationConstants.Scopes.Email);
            options.AccessDeniedPath = "/account/denied";
            options.FailurePath = "/account/failed";
            options.CorrelationCookie.Protect("SampleWeb.Correlation.", builder.Environment);

            if (emulator is not null)
            {
                options.UseServer(emulator.BaseAddress);
                options.ClientId = BinanceEmulatorDefaults.ClientId;
                options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
            }
        });

    // The sessions in the farm's Redis, or in this process's memory without one. A cookie then holds the key of its session.
    if (builder.Configuration.GetValue<bool>("Sessions:OnServer"))
    {
        authentication.AddBinanceServerSessions(options => options.UnavailablePath = "/error/503");
    }

    builder.AddSiteLanguages();
    builder.Services
        .AddControllersWithViews(options => options.Filters.Add<AutoValidateAntiforgeryTokenAttribute>())
        .AddViewLocalization();
    builder.Services.AddAntiforgery(options => options.Cookie.Protect("SampleWeb.Antiforgery", builder.Environment));
    builder.Services.AddHsts(options => options.MaxAge = TimeSpan.FromDays(365));
    builder.AddTrustedProxies();
    builder.AddWebFarm();

    var app = builder.Build();

    app.WarnIfAnyIsAllowed();
    app.UseForwardedHeaders();
    if (!app.Environment.IsDevelopment())
    {
        app.UseExceptionHandler("/error/500");
    }

    app.UseSecurityHeaders();
    if (!app.Environment.IsDevelopment())
    {
        app.UseHsts();
        app.UseHttpsRedirection();
    }

    app.UseRequestLocalization();
    app.UseStatusCodePagesWithReExecute("/error/{0}");
    app.UseAuthentication();
    app.UseAuthorization();
    app.MapStaticAssets();
    app.MapControllers().WithStaticAssets();

    app.LogEmulator(emulator);
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (StartupProblem.Explain(exception) is { } explanation)
{
    await Console.Error.WriteLineAsync(explanation);
    return 1;
}
