using AspNet.Security.OAuth.Binance;
using AspNet.Security.OAuth.Binance.Emulator;
using BlazorSite;
using BlazorSite.Components;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Options;

var builder = WebApplication.CreateBuilder(args);
builder.Services
    .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie()
    .AddBinance()
    .AddBinanceServerSessions();
builder.Services.AddAuthorization();

builder.Services.AddRazorComponents().AddInteractiveServerComponents();
builder.Services.AddCascadingAuthenticationState();

// Signs a circuit out within a minute after its session has ended.
builder.Services.AddScoped<AuthenticationStateProvider, BinanceRevalidatingAuthenticationStateProvider>();

// Calls Binance with the access token of the user who is signed in, wherever the call comes from: a page, a circuit, a hub.
builder.Services.AddHttpClient<BinanceApi>((services, client) =>
{
    var binance = services.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get(BinanceAuthenticationDefaults.AuthenticationScheme);
    client.BaseAddress = new Uri(binance.UserInformationEndpoint);
    client.Timeout = TimeSpan.FromSeconds(10);
}).AddBinanceAccessToken();

// Without credentials, sign in at an emulator. With credentials, delete this block, its using and the reference.
if (builder.Environment.IsDevelopment() && builder.Configuration["Authentication:Schemes:Binance:ClientId"] is null)
{
    var emulator = await BinanceEmulator.StartAsync();
    builder.Services.Configure<BinanceAuthenticationOptions>(BinanceAuthenticationDefaults.AuthenticationScheme, options =>
    {
        options.UseServer(emulator.BaseAddress);
        options.ClientId = BinanceEmulatorDefaults.ClientId;
        options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
    });
}

var app = builder.Build();
if (!app.Environment.IsDevelopment())
{
    app.UseExceptionHandler("/Error", createScopeForErrors: true);
    app.UseHsts();
}

app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
app.UseHttpsRedirection();
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();

app.MapStaticAssets();
app.MapGroup("/auth").MapBinanceLogin();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
app.Run();
