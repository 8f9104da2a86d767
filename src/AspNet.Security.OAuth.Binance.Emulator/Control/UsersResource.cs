using AspNet.Security.OAuth.Binance.Emulator.Configuration;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The accounts.</summary>
internal static class UsersResource
{
    public static IEnumerable<ControlRoute> Routes(EmulatorUsers users)
        => new RegistryResource<EmulatorUser, UserJson>(users.Entries, ControlJson.Readable.UserJson, ControlJson.Readable.IEnumerableUserJson)
        {
            Write = UserJson.Of,
            Read = json => json.ToUser(),
            SetId = (json, id) => SetId(json, id, users),
        }.Routes;

    private static void SetId(UserJson json, string id, EmulatorUsers users)
    {
        if (json.UserId is not null && json.UserId != id)
        {
            throw new JsonDefectException("userId", "It differs from the id in the path. The id of an account cannot be changed.");
        }

        // An unknown id is not checked, because it may have an invalid format, and the response is 404 and not 400. Null means a random id, which is
        // unknown, too.
        json.UserId = users.Find(id) is null ? null : id;
    }
}
