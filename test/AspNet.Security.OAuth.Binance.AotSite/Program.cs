using System.Security.Claims;
using AspNet.Security.OAuth.Binance.AotSite;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

// The smallest site with a login, to be compiled to native code. Where the server is, and the keys, come from the configuration.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddAuthorization();
Login.Add(builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(), builder.Configuration);

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();

app.MapGet("/", (HttpContext context) => context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "nobody");
app.MapGet("/login", context => context.ChallengeAsync(Login.Scheme, new() { RedirectUri = "/" }));
app.MapPost("/logout", context => context.SignOutAsync());
app.Run();
