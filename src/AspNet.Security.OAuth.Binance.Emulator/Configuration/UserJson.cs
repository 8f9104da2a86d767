namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>A user in JSON. The default of the id is a random one.</summary>
internal sealed class UserJson
{
    public string? UserId { get; set; }

    public string? Email { get; set; }

    public required string Label { get; set; }

    public static UserJson Of(EmulatorUser user) => new() { UserId = user.UserId, Email = user.Email, Label = user.Label };

    /// <exception cref="JsonDefectException">The user cannot be added.</exception>
    public EmulatorUser ToUser(string path = "")
        => JsonDefectException.Checked(
            path,
            UserId is null ? new EmulatorUser { Email = Email, Label = Label } : new EmulatorUser { UserId = UserId, Email = Email, Label = Label });
}
