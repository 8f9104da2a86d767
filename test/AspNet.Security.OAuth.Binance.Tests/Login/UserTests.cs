using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// What a script of the site learns of the user, and what it never does.
/// </summary>
public sealed class UserTests
{
    private static readonly (string Name, string Value)[] _script = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")];

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_user_is_told_by_four_properties(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();

        using var response = await browser.GetUserAsync();
        var user = JsonSerializer.Deserialize<JsonElement>(await response.TextAsync());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        response.AssertNotStored();
        Assert.Equal("same-origin", response.Header("Cross-Origin-Resource-Policy"));
        Assert.Empty(response.SetCookies());
        Assert.Equal(["userId", "email", "requestedScopes", "sessionExpiresAt"], user.EnumerateObject().Select(property => property.Name));
        Assert.Equal(Answers.UserId, user.GetProperty("userId").GetString());
        Assert.Equal(Answers.Email, user.GetProperty("email").GetString());
        Assert.Equal(["user:openId"], user.GetProperty("requestedScopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Equal(TestTime.Origin.AddDays(14), user.GetProperty("sessionExpiresAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_page_that_is_opened_gets_the_same()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        using var navigation = await browser.GetAsync("/auth/user", LoginRequests.Navigation);

        Assert.Equal(HttpStatusCode.OK, navigation.StatusCode);
    }

    [Fact]
    public async Task A_user_without_an_email_has_null()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.UserPath, Answers.UserDataWith("email", null));
        await using var site = await LoginSite.StartAsync(binance);

        var user = await (await site.SignedInAsync()).ReadUserAsync();

        Assert.Equal(JsonValueKind.Null, user.GetProperty("email").ValueKind);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Nobody_who_is_signed_in_is_unauthorized_without_a_body(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);

        using var script = await new SiteBrowser(site).GetUserAsync();
        using var navigation = await new SiteBrowser(site).GetAsync("/auth/user", LoginRequests.Navigation);

        foreach (var response in new[] { script, navigation })
        {
            await AssertUnauthorizedAsync(response);
            Assert.Equal("same-origin", response.Header("Cross-Origin-Resource-Policy"));
        }
    }

    [Theory]
    [InlineData(SessionPlace.Cookie, "")]
    [InlineData(SessionPlace.Cookie, "&scheme=Elsewhere")]
    [InlineData(SessionPlace.Server, "&scheme=Elsewhere")]
    [InlineData(SessionPlace.Cookie, "&scheme=Partner")]
    public async Task A_user_of_another_provider_in_the_same_cookie_is_unauthorized(SessionPlace place, string scheme)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup => setup.Authentication = schemes => schemes.AddPartner(binance));
        var browser = new SiteBrowser(site);
        using var other = await browser.GetAsync("/as?user=another" + scheme);
        Assert.True((await browser.SessionAsync()).SignedIn);

        using var response = await browser.GetUserAsync();

        await AssertUnauthorizedAsync(response);
    }

    [Fact]
    public async Task Each_scheme_s_users_are_its_own()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance,
            configure: setup => setup.Authentication = schemes => schemes.AddPartner(binance, options => options.Scope.Add("user:email")),
            map: endpoints =>
            {
                endpoints.MapGroup("/auth").MapBinanceLogin();
                endpoints.MapGroup("/partner").MapBinanceLogin(LoginSite.Partner);
            });
        var browser = await site.SignedInAsync(LoginSite.Partner, "/signin-partner");

        using var first = await browser.GetUserAsync();
        var second = await browser.ReadUserAsync("/partner/user");

        await AssertUnauthorizedAsync(first);
        Assert.Equal(["user:openId", "user:email"], second.GetProperty("requestedScopes").EnumerateArray().Select(scope => scope.GetString()));
    }

    [Fact]
    public async Task Sign_in_scheme_decides_who_is_told()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup =>
        {
            setup.Binance = options => options.SignInScheme = "Other";
            setup.Authentication = schemes => schemes.AddCookie("Other");
        });
        var browser = await site.SignedInAsync();
        using var local = await browser.GetAsync("/as?user=local&scheme=Binance&cookie=Cookies");

        var user = await browser.ReadUserAsync();

        Assert.Equal(Answers.UserId, user.GetProperty("userId").GetString());
    }

    [Fact]
    public async Task A_policy_scheme_is_followed()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: LoginSignedInTests.UsePolicyScheme);

        var user = await (await site.SignedInAsync()).ReadUserAsync();

        Assert.Equal(Answers.UserId, user.GetProperty("userId").GetString());
        Assert.Equal(TestTime.Origin.AddDays(14), user.GetProperty("sessionExpiresAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_user_whose_tokens_are_not_kept_is_told()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: LoginSignedInTests.KeepNoTokens);

        var user = await (await site.SignedInAsync()).ReadUserAsync();

        Assert.Equal(Answers.UserId, user.GetProperty("userId").GetString());
        Assert.Equal(TestTime.Origin.AddDays(14), user.GetProperty("sessionExpiresAt").GetDateTimeOffset());
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task No_token_is_in_the_response(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();

        using var response = await browser.GetUserAsync();
        var all = response + await response.TextAsync();

        Assert.DoesNotContain(Answers.AccessToken, all, StringComparison.Ordinal);
        Assert.DoesNotContain(Answers.RefreshToken, all, StringComparison.Ordinal);
        Assert.DoesNotContain("oken", await response.TextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_refresh_that_is_due_at_that_moment_happens_once_and_the_user_is_told(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();
        binance.Answer(BinanceStub.TokenPath, Answers.TokensWith("access_token", "\"the-next\""));
        site.Time.Advance(TimeSpan.FromSeconds(30714));

        using var response = await browser.GetUserAsync();
        var user = await browser.ReadUserAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain("the-next", await response.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(Answers.UserId, user.GetProperty("userId").GetString());
        Assert.Equal(2, binance.TokenRequests.Count);
        Assert.Equal("the-next", (await browser.SessionAsync()).Tokens["access_token"]);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_refresh_that_is_refused_at_that_moment_is_unauthorized(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();
        binance.Answer(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        site.Time.Advance(TimeSpan.FromSeconds(30714));

        using var response = await browser.GetUserAsync();

        await AssertUnauthorizedAsync(response);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Application_s_status_code_pages_leave_it_alone(bool byReExecution)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.BeforeAuthentication = app =>
        {
            if (byReExecution)
            {
                app.UseStatusCodePagesWithReExecute("/page");
            }
            else
            {
                app.UseStatusCodePages();
            }
        });

        using var response = await new SiteBrowser(site).GetUserAsync();
        using var elsewhere = await new SiteBrowser(site).SendAsync(HttpMethod.Post, "/auth/user");

        await AssertUnauthorizedAsync(response);
        Assert.NotEmpty(await elsewhere.TextAsync());
    }

    [Fact]
    public async Task Application_s_json_options_change_nothing()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.UserPath, Answers.UserDataWith("email", null));
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Authentication = schemes =>
            schemes.Services.ConfigureHttpJsonOptions(options =>
            {
                options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper;
                options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
                options.SerializerOptions.NumberHandling = JsonNumberHandling.WriteAsString;
                options.SerializerOptions.Converters.Add(new Refusing());
            }));

        var user = await (await site.SignedInAsync()).ReadUserAsync();

        Assert.Equal(["userId", "email", "requestedScopes", "sessionExpiresAt"], user.EnumerateObject().Select(property => property.Name));
        Assert.Equal(JsonValueKind.Array, user.GetProperty("requestedScopes").ValueKind);
    }

    [Fact]
    public async Task A_user_s_id_that_is_markup_is_encoded()
    {
        const string Id = "</script><script>alert(1)</script>\\u0022\"";
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.UserPath, Answers.UserDataWith("email", JsonSerializer.Serialize(Id)));
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        using var response = await browser.GetUserAsync();
        var text = await response.TextAsync();

        Assert.DoesNotContain("<", text, StringComparison.Ordinal);
        Assert.Equal(Id, JsonSerializer.Deserialize<JsonElement>(text).GetProperty("email").GetString());
    }

    private static async Task AssertUnauthorizedAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Null(response.Location());
        Assert.Empty(await response.TextAsync());
        response.AssertNotStored();
    }

    // An application's converter for a type that the response has, too.
    private sealed class Refusing : JsonConverter<DateTimeOffset?>
    {
        public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
