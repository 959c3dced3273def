namespace OrderToCash.Local.Servers;

/// <summary>Waits for something outside this process, which can only be asked again.</summary>
internal static class Waiting
{
    /// <summary>Asks every 50 ms until the answer is true; false when it never was within the time given.</summary>
    public static async Task<bool> UntilAsync(Func<Task<bool>> holds, TimeSpan patience, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(began) > patience)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
        }

        return true;
    }
}
