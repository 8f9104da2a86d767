using System.Collections;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The accounts that the emulator knows, in the order they were added. Safe to use from many threads; enumerating takes a snapshot.</summary>
public sealed class EmulatorUsers : IEnumerable<EmulatorUser>
{
    private readonly Lock _lock = new();
    private readonly List<EmulatorUser> _users = [];

    internal EmulatorUsers()
    {
    }

    /// <summary>Adds an account.</summary>
    /// <param name="user">The account.</param>
    /// <exception cref="ArgumentException">Its id is not 32 hexadecimal digits in lower case or is there already, its label is blank, or its e-mail address is empty.</exception>
    public void Add(EmulatorUser user)
    {
        Check(user);
        lock (_lock)
        {
            if (FindCore(user.UserId) is not null)
            {
                throw new ArgumentException($"A user with the id '{user.UserId}' is there already.", nameof(user));
            }

            _users.Add(user);
        }
    }

    /// <summary>Replaces the account with the same id, in its place. Its tokens stay what they are.</summary>
    /// <param name="user">The account as it is from now on.</param>
    /// <returns>Whether there was one with this id. If not, nothing is added.</returns>
    /// <exception cref="ArgumentException">Its id is not 32 hexadecimal digits in lower case, its label is blank, or its e-mail address is empty.</exception>
    public bool Update(EmulatorUser user)
    {
        Check(user);
        lock (_lock)
        {
            var index = _users.FindIndex(candidate => candidate.UserId == user.UserId);
            if (index >= 0)
            {
                _users[index] = user;
            }

            return index >= 0;
        }
    }

    /// <summary>Takes an account out. Tokens that were issued for it are refused from then on.</summary>
    /// <param name="userId">The id.</param>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string userId)
    {
        lock (_lock)
        {
            return _users.RemoveAll(user => user.UserId == userId) > 0;
        }
    }

    /// <summary>Takes all accounts out, the preset ones too.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _users.Clear();
        }
    }

    /// <summary>Finds an account.</summary>
    /// <param name="userId">The id.</param>
    /// <returns>The account, or <see langword="null"/>.</returns>
    public EmulatorUser? Find(string userId)
    {
        lock (_lock)
        {
            return FindCore(userId);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<EmulatorUser> GetEnumerator() => Snapshot().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Puts others into the place of all, in one step.</summary>
    internal void Replace(IEnumerable<EmulatorUser> users)
    {
        lock (_lock)
        {
            _users.Clear();
            _users.AddRange(users);
        }
    }

    private static void Check(EmulatorUser user)
    {
        ArgumentNullException.ThrowIfNull(user);
        if (user.FindDefect() is { } defect)
        {
            throw new ArgumentException($"The user is refused. {defect.Property}: {defect.Words}", nameof(user));
        }
    }

    private EmulatorUser? FindCore(string userId) => _users.Find(user => user.UserId == userId);

    private List<EmulatorUser> Snapshot()
    {
        lock (_lock)
        {
            return [.. _users];
        }
    }
}
