namespace AspNet.Security.OAuth.Binance.Tests.Client;

public sealed class AuthorizationResponseTests
{
    private const string State = "3Zq0m1xQ7pLwYk5vTn8sRb2dCf4gHj6u";

    private static readonly BinanceAuthorizationRequest _request = new()
    {
        Url = new Uri("https://accounts.binance.com/en/oauth/authorize"),
        RedirectUri = "http://localhost:5299/signin-binance",
        State = State,
        CodeVerifier = "the verifier",
    };

    [Theory]
    [InlineData("http://localhost:5299/signin-binance?code=the-code&state=" + State)]
    [InlineData(" http://localhost:5299/signin-binance?code=the-code&state=" + State + " ")]
    [InlineData("http://localhost:5299/signin-binance?state=" + State + "&code=the-code&scope=user%3AopenId")]
    [InlineData("http://localhost:5299/signin-binance?code=the-code&state=" + State + "#code=another")]
    [InlineData("com.example.app://signin?CODE=the%2Dcode&St%61te=" + State)]
    [InlineData("/signin-binance?code=the-code&state=" + State)]
    [InlineData("/signin-binance?code=the-code&state=" + State + "#?code=another")]
    [InlineData("?code=the-code&state=" + State)]
    public void Code_of_a_callback_is_read(string callback) => Assert.Equal("the-code", Read(callback));

    [Fact]
    public void Code_is_decoded_as_browsers_encode_forms() => Assert.Equal("a b+c&d/é", Read($"/?code=a+b%2Bc%26d%2F%C3%A9&state={State}"));

    [Theory]
    [InlineData("code=one&code=two&state=" + State, "code")]
    [InlineData("code=one&code=one&state=" + State, "code")]
    [InlineData("code=one&CODE=two&state=" + State, "code")]
    [InlineData("code=one&c%6Fde=two&state=" + State, "code")]
    [InlineData("code=one&code=&state=" + State, "code")]
    [InlineData("code=one&code&state=" + State, "code")]
    [InlineData("code=one&state=" + State + "&State=" + State, "state")]
    [InlineData("error=one&code=one&%45rror=two&state=" + State, "error")]
    public void Repeated_parameter_is_refused_by_its_name(string query, string parameter)
    {
        var exceptions = new[]
        {
            Assert.Throws<BinanceAuthenticationException>(() => Read("/signin-binance?" + query)),
            Assert.Throws<BinanceAuthenticationException>(() => BinanceAuthorizationResponse.Parse(query)),
        };

        Assert.All(exceptions, exception
            => Assert.Equal(
                (BinanceFailure.InvalidCallback, $"The callback was not accepted: the parameter '{parameter}' is repeated."),
                (exception.Failure, exception.Message)));
    }

    [Theory]
    [InlineData("/signin-binance?code=the-code&state=another")]
    [InlineData("/signin-binance?code=the-code&state=" + State + "x")]
    [InlineData("/signin-binance?code=the-code&state=")]
    [InlineData("/signin-binance?code=the-code")]
    [InlineData("/signin-binance")]
    [InlineData("/signin-binance#?code=the-code&state=" + State)]
    [InlineData("http://localhost:5299/signin-binance#code=the-code&state=" + State)]
    [InlineData("")]
    public void Callback_of_another_sign_in_is_refused(string callback)
    {
        var exception = Assert.Throws<BinanceAuthenticationException>(() => Read(callback));

        Assert.Equal(BinanceFailure.InvalidState, exception.Failure);
        Assert.DoesNotContain(State, exception.ToString(), StringComparison.Ordinal);
    }

    // An error without the state is not authentic.
    [Theory]
    [InlineData("/?error=access_denied&state=another")]
    [InlineData("/?error=access_denied")]
    public void Error_without_the_state_is_no_error_of_this_sign_in(string callback)
        => Assert.Equal(BinanceFailure.InvalidState, Assert.Throws<BinanceAuthenticationException>(() => Read(callback)).Failure);

    [Fact]
    public void Callback_with_neither_code_nor_error_is_refused()
        => Assert.Equal(
            BinanceFailure.InvalidCallback,
            Assert.Throws<BinanceAuthenticationException>(() => Read($"/signin-binance?state={State}&code=")).Failure);

    [Fact]
    public void Refusal_of_the_user_is_access_denied_even_with_a_code()
    {
        var exception = Assert.Throws<BinanceAuthenticationException>(() => Read($"/?error=access_denied&code=one&state={State}"));

        Assert.Equal((BinanceFailure.AccessDenied, "access_denied"), (exception.Failure, exception.Error));
        Assert.Equal("The sign-in was refused on Binance's page.", exception.Message);
    }

    [Fact]
    public void Another_error_is_named_with_its_description()
    {
        var exception = Assert.Throws<BinanceAuthenticationException>(
            () => Read($"/?error=invalid_scope&error_description=Not%20for%0Ayou&error_uri=https%3A%2F%2Fbinance.example%2Fe&state={State}"));

        Assert.Equal(
            (BinanceFailure.AuthorizationError, "invalid_scope", "Not for you", "https://binance.example/e"),
            (exception.Failure, exception.Error, exception.ErrorDescription, exception.ErrorUri));
        Assert.Equal("Binance's authorize page: error invalid_scope.", exception.Message);
    }

    [Theory]
    [InlineData("error=server_error&error_description=No+state+" + State + ".&state=" + State)]
    [InlineData("error=server_error&error_description=No+state+3Zq0m1xQ7pLw&state=" + State)]
    [InlineData("error=server_error&error_description=No+code+cf6941ae8918b6a008f1&code=cf6941ae8918b6a008f1&state=" + State)]
    public void Description_that_repeats_the_state_or_the_code_is_dropped(string query)
    {
        var exception = Assert.Throws<BinanceAuthenticationException>(() => Read("/?" + query));

        Assert.Equal((BinanceFailure.AuthorizationError, "server_error", null), (exception.Failure, exception.Error, exception.ErrorDescription));
    }

    [Theory]
    [InlineData("<script>")]
    [InlineData("no error at all")]
    [InlineData(State)]
    public void Malformed_error_is_not_repeated(string error)
    {
        var exception = Assert.Throws<BinanceAuthenticationException>(() => Read($"/?error={Uri.EscapeDataString(error)}&state={State}"));

        Assert.Equal((BinanceFailure.AuthorizationError, null), (exception.Failure, exception.Error));
        Assert.DoesNotContain(error, exception.ToString(), StringComparison.Ordinal);
        Assert.Equal("Binance's authorize page: error of an unknown form.", exception.Message);
    }

    [Theory]
    [InlineData("?code=the-code&state=the-state")]
    [InlineData("code=the-code&state=the-state")]
    public void Response_is_read_from_a_query_with_or_without_its_question_mark(string query)
    {
        var response = BinanceAuthorizationResponse.Parse(query);

        Assert.Equal(("the-code", "the-state", null), (response.Code, response.State, response.Error));
        Assert.Equal("the-code", response.GetCode());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?&=&other=1")]
    public void Query_without_a_response_has_nothing_and_no_code(string? query)
    {
        var response = BinanceAuthorizationResponse.Parse(query);

        Assert.Equal((null, null, null), (response.Code, response.State, response.Error));
        Assert.Equal(BinanceFailure.InvalidCallback, Assert.Throws<BinanceAuthenticationException>(response.GetCode).Failure);
    }

    [Fact]
    public void Missing_callback_is_named() => Assert.Throws<ArgumentNullException>("callback", () => _request.ReadCode(null!));

    private static string Read(string callback) => _request.ReadCode(new Uri(callback, UriKind.RelativeOrAbsolute));
}
