using AspNet.Security.OAuth.Binance.Emulator.Configuration;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The accounts.</summary>
internal sealed class UsersResource(EmulatorUsers users)
{
    public IEnumerable<ControlRoute> Routes
        =>
        [
            ControlRoute.Get("/users", _ => ControlResponse.Ok(users.Select(UserJson.Of), ControlJson.Readable.IEnumerableUserJson)),
            ControlRoute.Post("/users", Add),
            ControlRoute.Get("/users/{userId}", call => users.Find(call.Id("userId")) is { } user ? Shown(200, user) : Unknown),
            ControlRoute.Put("/users/{userId}", Update),
            ControlRoute.Delete("/users/{userId}", call => users.Remove(call.Id("userId")) ? ControlResponse.NoContent : Unknown),
        ];

    private static ControlResponse Unknown => ControlResponse.Error(404, "There is no such user.");

    private static ControlResponse Shown(int status, EmulatorUser user) => ControlResponse.Json(status, UserJson.Of(user), ControlJson.Readable.UserJson);

    private ControlResponse Add(ControlCall call)
    {
        var user = call.Read(ControlJson.Readable.UserJson).ToUser();
        try
        {
            users.Add(user);
        }
        catch (ArgumentException)
        {
            // Everything else is checked.
            return ControlResponse.Error(409, $"userId: A user with the id '{user.UserId}' is there already.");
        }

        return Shown(201, user).At(call, user.UserId);
    }

    private ControlResponse Update(ControlCall call)
    {
        var json = call.Read(ControlJson.Readable.UserJson);
        var id = call.Id("userId");
        if (json.UserId is not null && json.UserId != id)
        {
            throw new JsonDefectException("userId", "It is not the one in the path. An account keeps its id.");
        }

        // An id that no user can have is unknown like any other.
        json.UserId = users.Find(id) is null ? null : id;
        var user = json.ToUser();
        return users.Update(user) ? Shown(200, user) : Unknown;
    }
}
