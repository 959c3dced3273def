namespace OrderToCash.Collections.Notices.Messages;

/// <summary>
/// How whoever reads a message says that no more are wanted: <c>STOP</c>, which providers hear in any language and post
/// back as a no to the channel. In the portal there is nobody to answer. Letters that a text message has no sign for
/// (GSM 03.38, such as á) are none of it: one of them halves what fits into each part that is paid for.
/// </summary>
internal static class StopWords
{
    public static string Of(string language) => language switch
    {
        "es" => "Para no recibir estos mensajes, responda STOP.",
        "fr" => "Répondez STOP pour ne plus recevoir de messages.",
        _ => "Reply STOP to get no more messages.",
    };
}
