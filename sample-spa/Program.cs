using AspNet.Security.OAuth.Binance;
using Microsoft.AspNetCore.Authentication.Cookies;
using SampleSpa;
using SampleSpa.Hosting;
using SampleWeb.Hosting;

var builder = WebApplication.CreateBuilder(args);

// ClientId and ClientSecret come from the configuration: Authentication:Schemes:Binance.
builder.Services
    .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie(options => options.Cookie.Protect("SampleSpa", builder.Environment))
    .AddBinance(options =>
    {
        options.Scope.Add(BinanceAuthenticationConstants.Scopes.Email);
        options.CorrelationCookie.Protect("SampleSpa.Correlation.", builder.Environment);
    })
    .AddBinanceServerSessions();
builder.Services.AddAuthorization();
builder.Services.AddAntiforgery(options => options.Cookie.Protect("SampleSpa.Antiforgery", builder.Environment));
builder.Services.AddAccountApi();

// A server to sign in at, for a developer who has no credentials. Everywhere else this is null.
await using var emulator = await builder.StartDevelopmentEmulatorAsync();

var app = builder.Build();

if (!app.Environment.IsDevelopment())
{
    app.UseHsts();
    app.UseHttpsRedirection();
}

app.UseSecurityHeaders(emulator);
app.UseAuthentication();
app.UseAuthorization();

app.MapStaticAssets();
app.MapGroup("/auth").MapBinanceLogin();
app.MapAccountApi();
app.MapDevelopmentEmulator(emulator);
app.MapFallbackToFile("/browser-flow", "browser-flow/index.html");
app.MapFallbackToFile("index.html");

await app.RunAsync();
