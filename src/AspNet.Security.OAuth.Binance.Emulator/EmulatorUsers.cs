using System.Collections;
using AspNet.Security.OAuth.Binance.Emulator.Setup;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The accounts, in the order they were added. Safe to use from many threads; enumerating takes a snapshot.</summary>
public sealed class EmulatorUsers : IEnumerable<EmulatorUser>
{
    internal EmulatorUsers()
    {
    }

    internal Registry<EmulatorUser> Entries { get; } = new("user");

    /// <summary>Adds an account.</summary>
    /// <param name="user">The account.</param>
    /// <exception cref="ArgumentException">The id is not 32 hexadecimal digits in lower case or exists already, the label is blank, or the e-mail address is empty.</exception>
    public void Add(EmulatorUser user) => Entries.Add(user);

    /// <summary>Replaces the account with the same id, in its position. Its tokens do not change.</summary>
    /// <param name="user">The new account.</param>
    /// <returns>Whether an account with this id exists. If not, nothing is added.</returns>
    /// <exception cref="ArgumentException">The id is not 32 hexadecimal digits in lower case, the label is blank, or the e-mail address is empty.</exception>
    public bool Update(EmulatorUser user) => Entries.Update(user);

    /// <summary>Removes an account. Its tokens are refused from then on.</summary>
    /// <param name="userId">The id.</param>
    /// <returns>Whether an account with this id existed.</returns>
    public bool Remove(string userId) => Entries.Remove(userId);

    /// <summary>Removes all accounts, the preset ones too.</summary>
    public void Clear() => Entries.Replace([]);

    /// <summary>Finds an account.</summary>
    /// <param name="userId">The id.</param>
    /// <returns>The account, or <see langword="null"/>.</returns>
    public EmulatorUser? Find(string userId) => Entries.Find(userId);

    /// <inheritdoc/>
    public IEnumerator<EmulatorUser> GetEnumerator() => Entries.Snapshot().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
