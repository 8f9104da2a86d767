using System.Text.Json;
using AspNet.Security.OAuth.Binance.Tests.Client.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Client.Protocol;

/// <summary>
/// The fields of user information.
/// </summary>
public sealed class UserFieldsTests
{
    [Theory]
    [InlineData("email", "\"user@example.com\"", "user@example.com")]
    [InlineData("email", "\"\"", null)]
    [InlineData("email", "null", null)]
    [InlineData("email", null, null)]
    public async Task Email_is_optional(string field, string? json, string? expected)
    {
        var user = await new FixedResponse(Responses.UserDataWith(field, json)).GetUserAsync();

        Assert.Equal((Responses.UserId, expected), (user.UserId, user.Email));
    }

    [Theory]
    [InlineData("userId", "null", "userId is missing or is not an identifier")]
    [InlineData("userId", "7", "userId is missing or is not an identifier")]
    [InlineData("userId", "\"\"", "userId is missing or is not an identifier")]
    [InlineData("userId", "\"a b\"", "userId is missing or is not an identifier")]
    [InlineData("userId", "\"a\\u007f\"", "userId is missing or is not an identifier")]
    [InlineData("userId", null, "userId is missing or is not an identifier")]
    [InlineData("userId", "\" \"", "userId is missing or is not an identifier")]
    [InlineData("userId", "\"\\t\"", "userId is missing or is not an identifier")]
    [InlineData("userId", "12345", "userId is missing or is not an identifier")]
    [InlineData("userId", "true", "userId is missing or is not an identifier")]
    [InlineData("userId", "[\"one\"]", "userId is missing or is not an identifier")]
    [InlineData("userId", "{}", "userId is missing or is not an identifier")]
    [InlineData("userId", "\"one\\u0000two\"", "userId is missing or is not an identifier")]
    [InlineData("userId", "\"one\\ntwo\"", "userId is missing or is not an identifier")]
    [InlineData("userId", "\"one\\u0085two\"", "userId is missing or is not an identifier")]
    [InlineData("userId", "\"\\udc00\"", "userId is missing or is not an identifier")]
    [InlineData("email", "7", "email is not text, or is too long")]
    [InlineData("email", "5", "email is not text, or is too long")]
    [InlineData("email", "{}", "email is not text, or is too long")]
    [InlineData("email", "[\"user@example.com\"]", "email is not text, or is too long")]
    [InlineData("email", "false", "email is not text, or is too long")]
    [InlineData("email", "\"\\ud800\"", "email is not text, or is too long")]
    public async Task Wrong_field_is_named(string field, string? json, string reason)
    {
        var failure = await FixedResponse.FailureOfAsync(() => new FixedResponse(Responses.UserDataWith(field, json)).GetUserAsync());

        Assert.Equal(BinanceFailure.InvalidResponse, failure.Failure);
        Assert.Equal($"Binance's user-info: {reason}, HTTP 200.", failure.Message);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("true")]
    [InlineData(null)]
    public async Task Data_is_an_object(string? data)
    {
        var failure = await FixedResponse.FailureOfAsync(() => new FixedResponse(Responses.UserWith("data", data)).GetUserAsync());

        Assert.Equal("Binance's user-info: data is not an object, HTTP 200.", failure.Message);
    }

    [Theory]
    [InlineData("userId", 256, true)]
    [InlineData("userId", 257, false)]
    [InlineData("email", 320, true)]
    [InlineData("email", 321, false)]
    public async Task Field_has_a_greatest_length(string field, int length, bool accepted)
    {
        var call = new FixedResponse(Responses.UserDataWith(field, $"\"{new string('a', length)}\"")).GetUserAsync();

        Assert.Equal(accepted, await Record.ExceptionAsync(() => call) is null);
    }

    [Theory]
    [InlineData(320, true)]
    [InlineData(321, false)]
    public async Task Email_is_measured_in_characters_and_not_in_bytes(int length, bool accepted)
    {
        var call = new FixedResponse(Responses.UserDataWith("email", $"\"{new string('ü', length)}\"")).GetUserAsync();

        Assert.Equal(accepted, await Record.ExceptionAsync(() => call) is null);
    }

    [Theory]
    [InlineData("\u0021")]
    [InlineData("\u007e")]
    [InlineData("<b>7</b>")]
    [InlineData("\"7\"")]
    public async Task User_id_of_visible_ASCII_characters_is_kept_unchanged(string userId)
    {
        var body = Responses.UserDataWith("userId", JsonSerializer.Serialize(userId));

        Assert.Equal(userId, (await new FixedResponse(body).GetUserAsync()).UserId);
    }

    // Each of these can be displayed like "one" or like an empty text, so that it could pass for another user.
    [Theory]
    [InlineData(" one")]
    [InlineData("one ")]
    [InlineData("o ne")]
    [InlineData("\tone")]
    [InlineData("one\n")]
    [InlineData("one\u0000")]
    [InlineData("one\u007f")]
    [InlineData("one\u0085")]
    [InlineData("\u00a0one")]
    [InlineData("one\u00ad")]
    [InlineData("o\u0301ne")]
    [InlineData("one\u2003")]
    [InlineData("o\u200bne")]
    [InlineData("one\u200d")]
    [InlineData("\u200eone")]
    [InlineData("\u202eeno")]
    [InlineData("\u2066one\u2069")]
    [InlineData("\u3000one")]
    [InlineData("\ufeffone")]
    [InlineData("\uff4f\uff4e\uff45")]
    [InlineData("\u043ene")]
    [InlineData("\uff11\uff12")]
    [InlineData("\U0001f600")]
    [InlineData("\U000e0041one")]
    [InlineData("\u200b")]
    public async Task User_id_of_other_characters_is_rejected(string userId)
    {
        var body = Responses.UserDataWith("userId", JsonSerializer.Serialize(userId));

        await FixedResponse.FailureOfAsync(() => new FixedResponse(body).GetUserAsync());
    }
}
