using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The response of <c>user</c> to a script of the site.
/// </summary>
public sealed class UserTests
{
    private static readonly (string Name, string Value)[] _script = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")];

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task The_response_has_four_properties(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();

        var response = await browser.GetUserAsync();
        var user = JsonSerializer.Deserialize<JsonElement>(response.Body);

        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.Equal("application/json", response.ContentHeaders.ContentType?.MediaType);
        response.AssertNotStored();
        Assert.Equal("same-origin", response.Header("Cross-Origin-Resource-Policy"));
        Assert.Empty(response.SetCookieHeaders);
        Assert.Equal(["userId", "email", "requestedScopes", "sessionExpiresAt"], user.EnumerateObject().Select(property => property.Name));
        Assert.Equal(Responses.UserId, user.GetProperty("userId").GetString());
        Assert.Equal(Responses.Email, user.GetProperty("email").GetString());
        Assert.Equal(["user:openId"], user.GetProperty("requestedScopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Equal(TestTime.Origin.AddDays(14), user.GetProperty("sessionExpiresAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_navigation_gets_the_same_response()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        var navigation = await browser.GetAsync("/auth/user", LoginRequests.Navigation);

        Assert.Equal(HttpStatusCode.OK, navigation.Status);
    }

    [Fact]
    public async Task The_email_of_a_user_without_one_is_null()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.UserPath, Responses.UserDataWith("email", null));
        await using var site = await LoginSite.StartAsync(binance);

        var user = await (await site.SignedInAsync()).ReadUserAsync();

        Assert.Equal(JsonValueKind.Null, user.GetProperty("email").ValueKind);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task An_anonymous_request_is_unauthorized_without_a_body(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);

        var script = await site.Browser().GetUserAsync();
        var navigation = await site.Browser().GetAsync("/auth/user", LoginRequests.Navigation);

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
        var browser = site.Browser();
        await browser.GetAsync("/as?user=another" + scheme);
        Assert.True((await browser.SessionAsync()).SignedIn);

        var response = await browser.GetUserAsync();

        await AssertUnauthorizedAsync(response);
    }

    [Fact]
    public async Task Each_scheme_returns_only_its_own_users()
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
        var browser = await site.SignedInAsync(LoginSite.Partner);

        var first = await browser.GetUserAsync();
        var second = await browser.ReadUserAsync("/partner/user");

        await AssertUnauthorizedAsync(first);
        Assert.Equal(["user:openId", "user:email"], second.GetProperty("requestedScopes").EnumerateArray().Select(scope => scope.GetString()));
    }

    [Fact]
    public async Task The_sign_in_scheme_decides_which_user_is_returned()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup =>
        {
            setup.Binance = options => options.SignInScheme = "Other";
            setup.Authentication = schemes => schemes.AddCookie("Other");
        });
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/as?user=local&scheme=Binance&cookie=Cookies");

        var user = await browser.ReadUserAsync();

        Assert.Equal(Responses.UserId, user.GetProperty("userId").GetString());
    }

    [Fact]
    public async Task A_policy_scheme_is_resolved()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: LoginSignedInTests.UsePolicyScheme);

        var user = await (await site.SignedInAsync()).ReadUserAsync();

        Assert.Equal(Responses.UserId, user.GetProperty("userId").GetString());
        Assert.Equal(TestTime.Origin.AddDays(14), user.GetProperty("sessionExpiresAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_user_without_saved_tokens_is_returned()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: LoginSignedInTests.KeepNoTokens);

        var user = await (await site.SignedInAsync()).ReadUserAsync();

        Assert.Equal(Responses.UserId, user.GetProperty("userId").GetString());
        Assert.Equal(TestTime.Origin.AddDays(14), user.GetProperty("sessionExpiresAt").GetDateTimeOffset());
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task No_token_is_in_the_response(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();

        var response = await browser.GetUserAsync();
        var all = response + response.Body;

        Assert.DoesNotContain(Responses.AccessToken, all, StringComparison.Ordinal);
        Assert.DoesNotContain(Responses.RefreshToken, all, StringComparison.Ordinal);
        Assert.DoesNotContain("oken", response.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_due_refresh_runs_once_and_the_user_is_returned(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();
        binance.Respond(BinanceStub.TokenPath, Responses.TokensWith("access_token", "\"the-next\""));
        site.Clock.Advance(TimeSpan.FromSeconds(30714));

        var response = await browser.GetUserAsync();
        var user = await browser.ReadUserAsync();

        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.DoesNotContain("the-next", response.Body, StringComparison.Ordinal);
        Assert.Equal(Responses.UserId, user.GetProperty("userId").GetString());
        Assert.Equal(2, binance.TokenRequests.Count);
        Assert.Equal("the-next", (await browser.SessionAsync()).Tokens["access_token"]);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_refused_refresh_is_unauthorized(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        site.Clock.Advance(TimeSpan.FromSeconds(30714));

        var response = await browser.GetUserAsync();

        await AssertUnauthorizedAsync(response);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_application_s_status_code_pages_do_not_change_the_response(bool byReExecution)
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

        var response = await site.Browser().GetUserAsync();
        var elsewhere = await site.Browser().RequestAsync(HttpMethod.Post, "/auth/user");

        await AssertUnauthorizedAsync(response);
        Assert.NotEmpty(elsewhere.Body);
    }

    [Fact]
    public async Task The_application_s_json_options_do_not_change_the_response()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.UserPath, Responses.UserDataWith("email", null));
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
        binance.Respond(BinanceStub.UserPath, Responses.UserDataWith("email", JsonSerializer.Serialize(Id)));
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        var response = await browser.GetUserAsync();
        var text = response.Body;

        Assert.DoesNotContain("<", text, StringComparison.Ordinal);
        Assert.Equal(Id, JsonSerializer.Deserialize<JsonElement>(text).GetProperty("email").GetString());
    }

    private static async Task AssertUnauthorizedAsync(SiteResponse response)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, response.Status);
        Assert.Null(response.LocationHeader);
        Assert.Empty(response.Body);
        response.AssertNotStored();
    }

    // An application's converter for a type that the response has, too.
    private sealed class Refusing : JsonConverter<DateTimeOffset?>
    {
        public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
