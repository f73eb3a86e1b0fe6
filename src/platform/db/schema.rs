//! The tables as diesel sees them; `tests/it/schema.rs` holds them against both databases.

diesel::table! {
    members (id) {
        id -> Text,
        email -> Text,
        email_key -> Text,
        name -> Text,
        affiliation -> Text,
        country -> Text,
        time_zone -> Text,
        role -> Text,
        interests -> Text,
        joined_on -> Text,
        status -> Text,
        is_listed -> Bool,
        wants_announcements -> Bool,
        announcements_consent -> Text,
        is_coordinator -> Bool,
        password_hash -> Nullable<Text>,
        reply_hash -> Text,
        calendar_generation -> Integer,
        calendar_hash -> Text,
        confirmed_by -> Text,
        created_at -> Text,
        updated_at -> Text,
        left_at -> Nullable<Text>,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Text,
        member_id -> Text,
        is_elevated -> Bool,
        created_at -> Text,
        seen_at -> Text,
    }
}

diesel::table! {
    sign_in_links (token_hash) {
        token_hash -> Text,
        member_id -> Text,
        purpose -> Text,
        browser_hash -> Text,
        code_hash -> Text,
        tries_left -> Integer,
        created_at -> Text,
        expires_at -> Text,
        used_at -> Nullable<Text>,
    }
}

diesel::table! {
    requests (id) {
        id -> Text,
        email -> Text,
        email_key -> Text,
        name -> Text,
        affiliation -> Text,
        country -> Text,
        role -> Text,
        reason -> Text,
        heard_from -> Text,
        wants_directory -> Bool,
        wants_announcements -> Bool,
        privacy_notice -> Text,
        came_by -> Text,
        status -> Text,
        version -> Integer,
        confirm_hash -> Text,
        confirm_expires_at -> Text,
        created_at -> Text,
        confirmed_at -> Nullable<Text>,
        decided_at -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        member_id -> Nullable<Text>,
    }
}

diesel::table! {
    request_events (id) {
        id -> Text,
        request_id -> Text,
        at -> Text,
        by_id -> Nullable<Text>,
        what -> Text,
        message -> Text,
    }
}

diesel::table! {
    meetings (id) {
        id -> Text,
        uid -> Text,
        slug -> Text,
        title -> Text,
        summary -> Text,
        starts_local -> Text,
        ends_local -> Text,
        time_zone -> Text,
        starts_at -> Text,
        ends_at -> Text,
        joining_link -> Text,
        speakers -> Text,
        visibility -> Text,
        status -> Text,
        sequence -> Integer,
        cancel_reason -> Text,
        cancelled_at -> Nullable<Text>,
        scheduled_at -> Nullable<Text>,
        pending -> Nullable<Text>,
        pending_by -> Nullable<Text>,
        pending_at -> Nullable<Text>,
        version -> Integer,
        created_at -> Text,
        updated_at -> Text,
        places -> Nullable<Integer>,
        has_own_links -> Bool,
    }
}

diesel::table! {
    invitations (id) {
        id -> Text,
        meeting_id -> Text,
        member_id -> Text,
        status -> Text,
        sequence_sent -> Integer,
        answers_from -> Integer,
        last_stamp -> Text,
        answer -> Text,
        answered_at -> Nullable<Text>,
        answered_by -> Nullable<Text>,
        rsvp_hash -> Text,
        created_at -> Text,
        updated_at -> Text,
        answer_order -> Text,
    }
}

diesel::table! {
    activities (id) {
        id -> Text,
        slug -> Text,
        scope -> Text,
        kind -> Text,
        title -> Text,
        body -> Text,
        happened_on -> Nullable<Text>,
        until -> Nullable<Text>,
        period -> Text,
        place -> Text,
        people -> Text,
        links -> Text,
        status -> Text,
        published_at -> Nullable<Text>,
        created_at -> Text,
        updated_at -> Text,
    }
}

diesel::table! {
    outbox (id) {
        id -> Text,
        kind -> Text,
        lane -> Integer,
        to_email -> Text,
        to_key -> Text,
        to_name -> Text,
        member_id -> Nullable<Text>,
        about -> Text,
        order_key -> Nullable<Text>,
        dedup_key -> Nullable<Text>,
        from_email -> Text,
        from_name -> Text,
        reply_to -> Text,
        subject -> Text,
        headers -> Text,
        message_id -> Text,
        dated_at -> Text,
        is_sensitive -> Bool,
        needs_membership -> Bool,
        not_after -> Nullable<Text>,
        status -> Text,
        attempts -> Integer,
        next_try_at -> Text,
        lease_until -> Nullable<Text>,
        generation -> Integer,
        outcome -> Text,
        created_at -> Text,
        done_at -> Nullable<Text>,
        may_have_left -> Bool,
        to_domain -> Text,
        was_tried -> Bool,
        tries_since -> Nullable<Text>,
    }
}

diesel::table! {
    outbox_bodies (mail_id) {
        mail_id -> Text,
        body -> Text,
    }
}

diesel::table! {
    mail_begun (mail_id, generation) {
        mail_id -> Text,
        generation -> Integer,
        domain -> Text,
        begun_at -> Text,
    }
}

diesel::table! {
    mail_holds (domain) {
        domain -> Text,
        until -> Text,
        strikes -> Integer,
        words -> Text,
    }
}

diesel::table! {
    suppressions (address_hash) {
        address_hash -> Text,
        reason -> Text,
        since -> Text,
    }
}

diesel::table! {
    audit (id) {
        id -> Text,
        at -> Text,
        by_id -> Text,
        what -> Text,
        about -> Text,
        detail -> Text,
    }
}

diesel::table! {
    facts (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    letters (id) {
        id -> Text,
        letter_key -> Text,
        came_by -> Text,
        kind -> Text,
        status -> Text,
        outcome -> Text,
        from_email -> Text,
        from_name -> Text,
        is_authentic -> Nullable<Bool>,
        subject -> Text,
        body -> Text,
        attachments -> Integer,
        message_id -> Text,
        member_id -> Nullable<Text>,
        request_id -> Nullable<Text>,
        meeting_id -> Nullable<Text>,
        version -> Integer,
        received_at -> Text,
        claimed_by -> Nullable<Text>,
        done_by -> Nullable<Text>,
        done_at -> Nullable<Text>,
    }
}

diesel::table! {
    letter_originals (letter_id) {
        letter_id -> Text,
        recipient -> Text,
        original -> Text,
    }
}

diesel::table! {
    letter_events (id) {
        id -> Text,
        letter_id -> Text,
        at -> Text,
        by_id -> Nullable<Text>,
        what -> Text,
        words -> Text,
    }
}

diesel::table! {
    calendar_answers (id) {
        id -> Text,
        invitation_id -> Text,
        at -> Text,
        answer -> Text,
        result -> Text,
        mark -> Text,
        comment -> Text,
        answer_before -> Text,
        undo_hash -> Text,
        undone_at -> Nullable<Text>,
    }
}

diesel::table! {
    proposals (id) {
        id -> Text,
        meeting_id -> Text,
        member_id -> Text,
        at -> Text,
        starts_at -> Text,
        ends_at -> Text,
        comment -> Text,
        status -> Text,
    }
}

diesel::table! {
    bounces (id) {
        id -> Text,
        address_hash -> Text,
        mail_id -> Nullable<Text>,
        class -> Text,
        words -> Text,
        at -> Text,
    }
}

diesel::table! {
    polls (id) {
        id -> Text,
        title -> Text,
        summary -> Text,
        minutes -> Integer,
        time_zone -> Text,
        closes_at -> Text,
        status -> Text,
        meeting_id -> Nullable<Text>,
        version -> Integer,
        created_at -> Text,
        opened_at -> Nullable<Text>,
        closed_at -> Nullable<Text>,
        updated_at -> Text,
    }
}

diesel::table! {
    poll_times (id) {
        id -> Text,
        poll_id -> Text,
        starts_at -> Text,
        ends_at -> Text,
        is_chosen -> Bool,
    }
}

diesel::table! {
    poll_asked (id) {
        id -> Text,
        poll_id -> Text,
        member_id -> Text,
        token_hash -> Text,
        asked_at -> Text,
        answered_at -> Nullable<Text>,
    }
}

diesel::table! {
    poll_answers (asked_id, time_id) {
        asked_id -> Text,
        time_id -> Text,
        answer -> Text,
    }
}

diesel::table! {
    feedback_forms (id) {
        id -> Text,
        meeting_id -> Text,
        questions -> Text,
        status -> Text,
        version -> Integer,
        created_at -> Text,
        opened_at -> Nullable<Text>,
        closes_at -> Nullable<Text>,
        updated_at -> Text,
    }
}

diesel::table! {
    feedback_links (token_hash) {
        token_hash -> Text,
        form_id -> Text,
        member_id -> Text,
        is_used -> Bool,
    }
}

diesel::table! {
    feedback_answers (id) {
        id -> Text,
        form_id -> Text,
        question -> Integer,
        answer -> Text,
    }
}

diesel::table! {
    attendance (meeting_id, member_id) {
        meeting_id -> Text,
        member_id -> Text,
        how -> Text,
        at -> Text,
    }
}

diesel::table! {
    mail_choices (member_id, kind) {
        member_id -> Text,
        kind -> Text,
        is_on -> Bool,
        since -> Text,
        token_hash -> Text,
    }
}

diesel::table! {
    meeting_reminders (meeting_id, lead_time, audience) {
        meeting_id -> Text,
        lead_time -> Text,
        audience -> Text,
        is_on -> Bool,
        since -> Text,
    }
}

diesel::table! {
    reminders_sent (meeting_id, member_id, lead_time, starts_at) {
        meeting_id -> Text,
        member_id -> Text,
        lead_time -> Text,
        starts_at -> Text,
        audience -> Text,
        mail_id -> Nullable<Text>,
        at -> Text,
    }
}

diesel::table! {
    calendar_choices (member_id) {
        member_id -> Text,
        shows -> Text,
        chosen_at -> Text,
    }
}

diesel::table! {
    calendar_fetches (member_id, program) {
        member_id -> Text,
        program -> Text,
        at -> Text,
    }
}

diesel::table! {
    answers_before (invitation_id) {
        invitation_id -> Text,
        answer -> Text,
    }
}

diesel::table! {
    agenda_items (meeting_id, position) {
        meeting_id -> Text,
        position -> Integer,
        offset_minutes -> Integer,
        title -> Text,
        speaker -> Text,
    }
}

diesel::table! {
    meeting_files (id) {
        id -> Text,
        meeting_id -> Text,
        title -> Text,
        file_name -> Text,
        media_type -> Text,
        size -> Integer,
        sha256 -> Text,
        chunks -> Integer,
        visibility -> Text,
        width -> Integer,
        height -> Integer,
        alt -> Text,
        added_by -> Text,
        added_at -> Text,
    }
}

diesel::table! {
    file_chunks (file_id, position) {
        file_id -> Text,
        position -> Integer,
        data -> Text,
    }
}

diesel::table! {
    recordings (meeting_id) {
        meeting_id -> Text,
        url -> Text,
        last_day -> Text,
        visibility -> Text,
        updated_at -> Text,
    }
}

diesel::table! {
    minutes_versions (meeting_id, version) {
        meeting_id -> Text,
        version -> Integer,
        body -> Text,
        by_id -> Text,
        at -> Text,
    }
}

diesel::table! {
    meeting_minutes (meeting_id) {
        meeting_id -> Text,
        published_version -> Nullable<Integer>,
        visibility -> Text,
        updated_at -> Text,
    }
}

diesel::table! {
    recaps (meeting_id, number) {
        meeting_id -> Text,
        number -> Integer,
        sent_at -> Text,
        sent_by -> Text,
        people -> Integer,
    }
}

diesel::table! {
    presenters (id) {
        id -> Text,
        meeting_id -> Text,
        member_id -> Text,
        log_hash -> Text,
        asked_at -> Nullable<Text>,
        outcome -> Text,
        slides_link -> Text,
        logged_at -> Nullable<Text>,
    }
}

diesel::table! {
    talk_drafts (meeting_id) {
        meeting_id -> Text,
        activity_id -> Text,
        written -> Text,
    }
}

diesel::table! {
    waiting (id) {
        id -> Text,
        invitation_id -> Text,
        turn -> Integer,
        since -> Text,
        state -> Text,
        offer_until -> Nullable<Text>,
        token_hash -> Text,
        changed_at -> Text,
    }
}

diesel::table! {
    announcements (id) {
        id -> Text,
        slug -> Text,
        subject -> Text,
        body -> Text,
        audience -> Text,
        is_public -> Bool,
        status -> Text,
        goes_at -> Nullable<Text>,
        time_zone -> Text,
        version -> Integer,
        created_at -> Text,
        updated_at -> Text,
        started_at -> Nullable<Text>,
        ended_at -> Nullable<Text>,
    }
}

diesel::table! {
    announcement_recipients (announcement_id, member_id) {
        announcement_id -> Text,
        member_id -> Text,
        state -> Text,
        why -> Text,
        mail_id -> Nullable<Text>,
    }
}

diesel::table! {
    audiences (id) {
        id -> Text,
        name -> Text,
        name_key -> Text,
        audience -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    outbox_held (about) {
        about -> Text,
        since -> Text,
    }
}

diesel::table! {
    digest_rhythms (member_id) {
        member_id -> Text,
        rhythm -> Text,
        since -> Nullable<Text>,
    }
}

diesel::table! {
    digests_sent (member_id, period) {
        member_id -> Text,
        period -> Text,
        covers_until -> Text,
        mail_id -> Nullable<Text>,
        at -> Text,
    }
}

diesel::table! {
    mail_questions (member_id) {
        member_id -> Text,
        asked_at -> Text,
        closed_at -> Nullable<Text>,
    }
}

diesel::table! {
    invitations_held_back (invitation_id) {
        invitation_id -> Text,
        at -> Text,
    }
}

diesel::table! {
    mail_words (name) {
        name -> Text,
        subject -> Nullable<Text>,
        text -> Nullable<Text>,
        version -> Integer,
        updated_by -> Text,
        updated_at -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    members,
    sessions,
    sign_in_links,
    requests,
    request_events,
    meetings,
    invitations,
    activities,
    outbox,
    outbox_bodies,
    mail_begun,
    mail_holds,
    suppressions,
    audit,
    facts,
    bounces,
    calendar_answers,
    proposals,
    letters,
    letter_originals,
    letter_events,
    polls,
    poll_times,
    poll_asked,
    poll_answers,
    feedback_forms,
    feedback_links,
    feedback_answers,
    attendance,
    mail_choices,
    meeting_reminders,
    reminders_sent,
    calendar_choices,
    calendar_fetches,
    answers_before,
    presenters,
    waiting,
    announcements,
    announcement_recipients,
    audiences,
    outbox_held,
    digest_rhythms,
    digests_sent,
    mail_questions,
    invitations_held_back,
    mail_words,
);
diesel::joinable!(sessions -> members (member_id));
diesel::joinable!(sign_in_links -> members (member_id));
diesel::joinable!(invitations -> members (member_id));
diesel::joinable!(invitations -> meetings (meeting_id));
diesel::joinable!(request_events -> requests (request_id));
diesel::joinable!(outbox -> members (member_id));
diesel::joinable!(calendar_answers -> invitations (invitation_id));
diesel::joinable!(proposals -> members (member_id));
diesel::joinable!(poll_times -> polls (poll_id));
diesel::joinable!(poll_asked -> polls (poll_id));
diesel::joinable!(poll_asked -> members (member_id));
diesel::joinable!(poll_answers -> poll_asked (asked_id));
diesel::joinable!(poll_answers -> poll_times (time_id));
diesel::joinable!(feedback_forms -> meetings (meeting_id));
diesel::joinable!(feedback_links -> feedback_forms (form_id));
diesel::joinable!(feedback_links -> members (member_id));
diesel::joinable!(attendance -> members (member_id));
diesel::joinable!(attendance -> meetings (meeting_id));
diesel::joinable!(mail_choices -> members (member_id));
diesel::joinable!(reminders_sent -> outbox (mail_id));
diesel::joinable!(answers_before -> invitations (invitation_id));
diesel::joinable!(presenters -> meetings (meeting_id));
diesel::joinable!(presenters -> members (member_id));
diesel::joinable!(waiting -> invitations (invitation_id));
diesel::joinable!(announcement_recipients -> outbox (mail_id));
diesel::joinable!(announcement_recipients -> members (member_id));
diesel::joinable!(invitations_held_back -> invitations (invitation_id));
diesel::joinable!(digests_sent -> members (member_id));
