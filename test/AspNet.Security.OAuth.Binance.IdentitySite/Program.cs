using AspNet.Security.OAuth.Binance;
using AspNet.Security.OAuth.Binance.Emulator;
using IdentitySite;
using IdentitySite.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddDbContext<ApplicationDbContext>(options => options.UseSqlite(builder.Configuration.GetConnectionString("DefaultConnection")));

// Identity with its default pages. AddBinanceTokens keeps the tokens of its users.
builder.Services
    .AddDefaultIdentity<AppUser>(options => builder.Configuration.Bind("Identity", options))
    .AddEntityFrameworkStores<ApplicationDbContext>()
    .AddBinanceTokens();
builder.Services.AddAuthentication().AddBinance(options =>
{
    options.Scope.Add(BinanceAuthenticationConstants.Scopes.Email);
    options.FailurePath = "/LoginFailed";
});
builder.Services.AddRazorPages();

// Calls Binance with the access token of the user who is signed in.
builder.Services.AddHttpClient<BinanceApi>((services, client) =>
{
    var binance = services.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get(BinanceAuthenticationDefaults.AuthenticationScheme);
    client.BaseAddress = new Uri(binance.UserInformationEndpoint);
    client.Timeout = TimeSpan.FromSeconds(10);
}).AddBinanceAccessToken();

// Calls Binance in the background.
builder.Services.AddHostedService<DailyCheck>();

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
await using (var scope = app.Services.CreateAsyncScope())
{
    await scope.ServiceProvider.GetRequiredService<ApplicationDbContext>().Database.EnsureCreatedAsync();
}

if (!app.Environment.IsDevelopment())
{
    app.UseExceptionHandler("/Error");
    app.UseHsts();
}

app.UseHttpsRedirection();
app.UseRouting();
app.UseAuthentication();
app.UseAuthorization();

app.MapStaticAssets();
app.MapRazorPages().WithStaticAssets();
app.Run();
